public import Foundation
import KafkaClient

/// What a journal says: whose run, of which plan, and how far every group came.
public struct RunHistory: Sendable {
    /// One group's part.
    public struct GroupRecord: Sendable, Hashable {
        /// Where the group's commits were before the run first touched it, and where it wanted them. Empty: nothing was done to it.
        public var moves: [GroupMove.Step] = []
        /// The latest; `nil` between an intent and its result: it may have moved or not.
        public var outcome: Outcome?
        /// The outcome is a rollback's.
        public var isRolledBack = false
        var isBegun: Bool { !moves.isEmpty }
    }

    public private(set) var id = RunID(rawValue: "")
    public private(set) var by: Operator?
    /// ISO 8601, UTC.
    public private(set) var begun = ""
    public private(set) var latest = ""
    public private(set) var plan: CutoverPlan?
    /// `nil`: nobody has agreed, and nothing was done.
    public private(set) var approval: Approval?
    public private(set) var groups: [String: GroupRecord] = [:]
    /// A topic on the target that has a copy of the lines.
    public private(set) var copiedTo: String?
    /// Resumptions and rollbacks.
    public private(set) var resumptions = 0
    public private(set) var rollbacks = 0
    /// How the last part ended; `nil` where it has not ended, or its end was cut off.
    public private(set) var succeeded: Bool?
    public var lines: Int { chain.count }
    /// After the last whole line: what a crash cut short.
    public private(set) var discardedBytes = 0
    private(set) var chain = JournalChain()
    /// In bytes, of the whole lines.
    private(set) var end = 0
    /// A fence that this run has put up, or may have; `nil` once it was taken down.
    public private(set) var fence: FenceRecord?
    /// The plan was made again behind the fence.
    public private(set) var isReplanned = false
    private var digest: String?
    /// Lines of a plan may still follow.
    private var isPlanOpen = false
    private var isPlanWhole = false
    /// What was agreed to, until one made behind the fence is whole.
    private var agreed: (plan: CutoverPlan?, digest: String?)?
    private var isRollingBack = false

    /// Reads a journal and checks its chain.
    ///
    /// - Throws: ``JournalDamage`` at the first line that does not follow from those before.
    public init(_ data: Data) throws(JournalDamage) {
        var chain = JournalChain()
        end = try chain.decode(all: data) { (entry: JournalEntry) throws(JournalDamage) in take(entry) }
        self.chain = chain
        discardedBytes = data.count - end
        guard plan != nil else { throw JournalDamage(line: 1, problem: "is not the beginning of a run") }
        closePlan()
        if approval != nil, !isPlanWhole {
            throw JournalDamage(line: 1, problem: "has another digest than the plan in the lines that follow")
        }
    }

    /// A plan made behind the fence that a crash cut short is none: nothing was done on the strength of it.
    private mutating func closePlan() {
        guard isPlanOpen else { return }
        isPlanOpen = false
        isPlanWhole = (try? plan?.digest()) == digest
        guard isReplanned, !isPlanWhole, let agreed else { return }
        (plan, digest, isReplanned, isPlanWhole) = (agreed.plan, agreed.digest, false, true)
    }

    private mutating func take(_ entry: JournalEntry) {
        latest = entry.time
        if entry.step != .planned { closePlan() }
        switch entry.step {
        case .begin:
            id = entry.run ?? id
            (by, begun, plan, digest, copiedTo) = (entry.by, entry.time, entry.plan, entry.digest, entry.copiedTo)
            isPlanOpen = true
        case .planned: plan?.offsets += entry.offsets ?? []
        case .replanned:
            if isPlanWhole { agreed = (plan, digest) }
            (plan, digest, isReplanned, isPlanOpen) = (entry.plan, entry.digest, true, true)
        case .fence: fence = entry.fence
        case .unfenced: fence = nil
        case .fenced, .unfence: break
        case .agreed: approval = entry.approval
        case .resume: resumptions += 1
        case .rollback:
            rollbacks += 1
            isRollingBack = true
        case .intent:
            guard let group = entry.group else { return }
            var record = groups[group] ?? GroupRecord()
            if !isRollingBack, !record.isBegun || record.outcome?.isUntouched == true { record.moves = entry.moves ?? [] }
            record.outcome = nil
            record.isRolledBack = isRollingBack
            groups[group] = record
        case .result:
            guard let group = entry.group else { return }
            // A rollback that was refused at the first look has no intent.
            guard !isRollingBack || groups[group] != nil else { return }
            groups[group, default: GroupRecord()].outcome = entry.outcome
            groups[group, default: GroupRecord()].isRolledBack = isRollingBack
        case .end: succeeded = entry.succeeded
        }
        if entry.step != .end { succeeded = nil }
    }

    /// A group that is done needs nothing but a look.
    public func isDone(_ group: String) -> Bool { groups[group].map { $0.outcome?.succeeded == true && !$0.isRolledBack } ?? false }

    /// What a rollback does.
    public var undoing: [GroupMove] {
        groups.filter { !$0.value.moves.isEmpty && !($0.value.outcome?.isUntouched == true && !$0.value.isRolledBack) }
            .map { group, record in
                GroupMove(
                    group: group,
                    steps: record.moves.map { GroupMove.Step($0.partition, expected: $0.wanted, wanted: $0.expected) }, isUndo: true)
            }
            .sorted { $0.group < $1.group }
    }

    /// What is left to do.
    public var unfinished: [String] { Set((plan?.offsets ?? []).filter { $0.commit != nil }.map(\.group)).filter { !isDone($0) }.sorted() }
}
