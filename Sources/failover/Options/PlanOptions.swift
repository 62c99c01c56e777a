import ArgumentParser
import Cutover
import KafkaClient
import OffsetTranslate

/// How positions are found; shared by the commands that only show them and those that commit them.
struct PlanOptions: ParsableArguments {
    @OptionGroup var positions: PositionOptions
    @Option(help: """
        What may be read to prove positions that offset syncs leave open. records: both clusters' records, while the source \
        answers (what 'cutover' and 'translate' do by themselves). target: the target's alone, if nobody but the mirror writes to \
        these topics. none: nothing.
        """)
    var proof: ProofChoice?
    @Option(help: ArgumentHelp("MiB of records that a proof may read.", valueName: "MiB")) var proofLimit = 1024
    @Option(help: ArgumentHelp("Seconds that a proof may take.", valueName: "seconds")) var proofTime = 60
    @Option(help: ArgumentHelp("Seconds that the source's log ends are watched for, to see whether somebody writes.", valueName: "seconds"))
    var quietTime = 2

    enum ProofChoice: String, ExpressibleByArgument, CaseIterable { case records, target, none }

    func validate() throws {
        guard proofLimit > 0, proofTime > 0, (0...3600).contains(quietTime) else { throw ValidationError("--quiet-time takes 0 to 3600; --proof-limit and --proof-time take at least 1; --proof none reads nothing.") }
    }

    /// How much may be read to compare records.
    var limits: RecordProof.Limits { RecordProof.Limits(bytes: proofLimit << 20, time: .seconds(proofTime)) }

    /// - Parameter preset: What the command does where nothing was chosen.
    func proof(on open: OpenFlow, preset: ProofChoice) -> RecordProof? {
        switch proof ?? preset {
        case .none: return nil
        case .records where open.source == nil:
            if proof == .records {
                Console.warn("--proof records compares both clusters' records, and the source can't be asked: nothing is proven. --proof target reads the target alone.")
            }
            return nil
        case .records: return RecordProof(source: open.source, target: open.target, limits: limits, progress: Console.progress)
        case .target: return RecordProof(source: nil, target: open.target, limits: limits, progress: Console.progress)
        }
    }

    /// The clusters, with the source if it is to be asked and answers, and the offset syncs where they are.
    func open(_ options: FlowOptions) async throws -> OpenFlow {
        let configuration = try options.load()
        let target = try options.open(configuration.target)
        _ = try await target.clusterID()
        let source = positions.sourceLost ? nil : try await options.openIfAnswering(configuration.source)
        return OpenFlow(
            configuration: configuration, flow: try await ReplicationFlow(locating: configuration, source: source, target: target),
            source: source, target: target)
    }

    /// Plans the groups named, or else all that pass the configuration's filter, and says what a person should know first.
    ///
    /// - Parameters:
    ///   - expression: Groups whose whole name it matches are planned too.
    ///   - checking: Look at what speaks against a cutover as well.
    func plan(
        _ groups: [String], _ open: OpenFlow, matching expression: String? = nil, proof preset: ProofChoice = .records, checking: Bool = true
    ) async throws -> CutoverPlan {
        var planner = planner(open, proof: proof(on: open, preset: preset))
        if !checking { planner.checking = nil }
        let plan = try await planner.plan(try selection(groups, expression, open.configuration.groups))
        for warning in plan.warnings { Console.warn(warning) }
        if open.source == nil, proof == nil, plan.offsets.contains(where: { $0.translation.kind == .bounded }) {
            Console.say("With the source away, --proof target may make positions exact; it rests on nobody but the mirror writing to these topics.")
        }
        return plan
    }

    /// - Parameter proof: `nil` reads no records.
    func planner(_ open: OpenFlow, proof: RecordProof?) -> Planner {
        var planner = Planner(
            flow: open.flow, source: open.source, target: open.target, assumption: positions.assume,
            checking: .init(quietTime: .seconds(quietTime)), progress: Console.progress)
        planner.proof = proof
        planner.groupProgress = Console.groupProgress
        planner.snapshot = positions.snapshotFile
        return planner
    }

    func selection(_ groups: [String], _ expression: String?, _ filter: NameFilter) throws -> Planner.Selection {
        guard let expression else { return groups.isEmpty ? .all { filter.matches($0) } : .named(groups) }
        let pattern: NameFilter
        do {
            pattern = try NameFilter(include: [expression])
        } catch {
            throw ValidationError("--matching '\(expression)' is no regular expression: \(error)")
        }
        let named = Set(groups)
        return .all { named.contains($0) || pattern.matches($0) }
    }
}

/// A flow and its clusters.
struct OpenFlow {
    var configuration: FlowConfiguration
    var flow: ReplicationFlow
    /// `nil` where it is lost.
    var source: LibrdkafkaCluster?
    var target: LibrdkafkaCluster
}
