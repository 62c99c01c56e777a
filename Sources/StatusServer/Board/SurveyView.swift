import Inspection

/// A survey as it is shown: what it adds up to, and the groups and partitions that there is room for.
struct SurveyView: Sendable {
    let survey: FlowSurvey
    let totals: FlowTotals?
    let groups: Bounded<GroupDocument>
    let partitions: Bounded<PartitionDocument>

    init(_ survey: FlowSurvey, limits: StatusBoard.Limits) {
        self.survey = survey
        totals = FlowTotals(survey)
        groups = Bounded(survey.groups.map { GroupDocument($0) }, atMost: limits.groups) { $0.isWorse(than: $1) }
        partitions = Bounded(survey.partitions.map(PartitionDocument.init), atMost: limits.partitions) { $0.isWorse(than: $1) }
    }
}

/// At most so many, and how many more there are. The worst are kept, in the order they came in.
struct Bounded<Element: Sendable>: Sendable {
    let kept: [Element]
    let omitted: Int

    init(_ all: [Element], atMost limit: Int, isWorse: (Element, Element) -> Bool) {
        omitted = max(0, all.count - limit)
        guard omitted > 0 else {
            kept = all
            return
        }
        let order = all.indices.sorted { isWorse(all[$0], all[$1]) || !isWorse(all[$1], all[$0]) && $0 < $1 }
        kept = order.prefix(limit).sorted().map { all[$0] }
    }
}

extension GroupDocument {
    var rank: Int64? { SyncReason.Severity(rawValue: severity)?.rank }

    /// Problems first, then positions that would be gone, then what would be read again.
    func isWorse(than other: Self) -> Bool { badness.lexicographicallyPrecedes(other.badness) { $0 > $1 } }

    private var badness: [Int64] { [rank ?? 0, Int64(withoutPositionIfLost), maxReplayIfLost ?? .max, lag ?? 0] }
}

extension PartitionDocument {
    func isWorse(than other: Self) -> Bool { (lag ?? .max, lagMilliseconds ?? .max) > (other.lag ?? .max, other.lagMilliseconds ?? .max) }
}
