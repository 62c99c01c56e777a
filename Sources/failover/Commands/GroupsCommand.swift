import ArgumentParser
import Inspection
import KafkaClient
import OffsetTranslate

struct GroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups",
        abstract: "Show groups on both sides: lag, translation, and what it would cost if the source died now.",
        discussion: """
            One line a group; one line a partition where a single group is named, or with --partitions. RE-READ is the worst case if the \
            group were moved now, by the offset syncs alone; IF LOST is the worst case if the source died at this moment, without any \
            warning. Changes nothing. With the source gone, positions come from the checkpoints and from what 'failover capture' wrote.

            \(ExitStatus.help(of: "groups"))
            """)

    @OptionGroup var flow: FlowOptions
    @OptionGroup var positions: PositionOptions
    @OptionGroup var watching: WatchOptions
    @Argument(help: ArgumentHelp("Groups by name, or by a regular expression of the whole name; without any, all that pass the configuration's filter.", valueName: "name|regex"))
    var groups: [String] = []
    @Flag(help: "One line a partition.") var partitions = false
    @Option(help: "What to sort by: name, lag, reread, lost, distance, checkpoint or severity. The worst comes first.") var sort = GroupOrder.name
    @Flag(help: "The other way round.") var reverse = false
    @Option(help: "Only groups with problems, those with members on the source (active), or those that lag there (lagging).") var only: GroupFilter?
    @Option(help: "text (shortened to fit a terminal), wide, json, jsonl or csv.") var output = Output.text

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, wide, json, jsonl, csv }

    func run() async throws {
        let configuration = try flow.load(), names = try GroupNames(groups, filter: configuration.groups)
        let inspector = try positions.inspector(flow, configuration)
        try await watching.run {
            let look = try await look(inspector, names)
            var chosen = look.groups.filter { only?.includes($0) ?? true }
            chosen = sort.sorted(chosen)
            if reverse { chosen.reverse() }
            try await show(chosen, look, isOne: names.isOne)
        }
    }

    private func look(_ inspector: Inspector, _ names: GroupNames) async throws -> GroupLook {
        // Few that were named are looked at wholly, so that a group that is not mirrored shows, and why.
        let look = try await inspector.answering().groups(names.selection, thorough: names.isByName && groups.count <= 20)
        for warning in look.warnings { Console.warn(warning) }
        let missing = names.missing(from: look.groups.map(\.name))
        if !missing.isEmpty { throw look.unknown(missing) }
        for expression in names.unmatched(by: look.groups.map(\.name)) {
            Console.warn("no group matches '\(expression.withoutControls)'; an expression has to match the whole name, as in '.*\(expression.withoutControls).*'")
        }
        if only == .active, look.groups.allSatisfy({ $0.onSource == nil }) {
            Console.warn("which groups are active on the source is not known: it is not asked, or can't list its groups")
        }
        return look
    }

    private func show(_ groups: [GroupSituation], _ look: GroupLook, isOne: Bool) async throws {
        let isDetailed = partitions || isOne
        guard let format = ListingFormat(rawValue: output.rawValue) else {
            return try Console.json(GroupsDocument(look, groups: groups))
        }
        if isDetailed {
            try await Listing(PositionColumns.all(now: look.context.now, showsGroup: !isOne), as: format).add(groups.flatMap(\.positions))
        } else {
            try await Listing(GroupColumns.all(now: look.context.now), as: format).add(groups)
        }
        guard format == .text || format == .wide else { return }
        Console.say(GroupColumns.summary(groups, look))
    }
}

enum GroupOrder: String, ExpressibleByArgument, CaseIterable {
    case name, lag, reread, lost, distance, checkpoint, severity

    /// The worst first, and what has no bound before all others; equals by name.
    func sorted(_ groups: [GroupSituation]) -> [GroupSituation] {
        guard self != .name else { return groups }
        return groups.map { (key: key($0), group: $0) }
            .sorted { a, b in a.key != b.key ? a.key > b.key : a.group.name < b.group.name }.map(\.group)
    }

    private func key(_ group: GroupSituation) -> Int64 {
        switch self {
        case .name: 0
        case .lag: group.lag ?? .max
        case .reread: group.maxReplay ?? .max
        case .lost: group.maxReplayIfLost ?? .max
        case .distance: group.distance.map { $0 == .min ? .max : abs($0) } ?? -1
        // The older, the worse; without any, the worst.
        case .checkpoint: group.newestCheckpoint.map { -$0 } ?? .max
        case .severity: group.severity.rank
        }
    }
}

enum GroupFilter: String, ExpressibleByArgument, CaseIterable {
    case problems, active, lagging

    func includes(_ group: GroupSituation) -> Bool {
        switch self {
        case .problems: group.severity == .problem
        case .active: group.onSource?.state.isActive ?? false
        case .lagging: group.lag ?? 0 > 0
        }
    }
}
