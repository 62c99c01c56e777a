/// A cutover that ended before its last group: the journal could not be written any more, or it was cancelled.
///
/// No group was begun after that; those already under way were brought to an end.
public struct CutoverInterrupted: Error, CustomStringConvertible {
    /// A ``JournalError`` or a `CancellationError`.
    public var cause: any Error
    /// What became of the groups that had been begun. The journal may lack the results of some of them.
    public var outcomes: [Outcome]
    /// Groups that nothing was done to.
    public var notStarted: [String]

    public init(cause: any Error, outcomes: [Outcome], notStarted: [String]) {
        self.cause = cause
        self.outcomes = outcomes
        self.notStarted = notStarted
    }

    /// Groups whose every planned position was committed and read back.
    public var done: [String] { outcomes.filter(\.succeeded).map(\.group) }

    public var description: String {
        func listed(_ groups: [String]) -> String { groups.isEmpty ? "none" : groups.joined(separator: ", ") }
        let failed = outcomes.filter { !$0.succeeded }
        return """
            the cutover was interrupted: \(cause is CancellationError ? "cancelled" : "\(cause)")
              Done, committed and read back: \(listed(done)).
              Not done, or not wholly: \(listed(failed.map { $0.ending == .uncertain ? "\($0.group) (not known: read back failed)" : $0.group })).
              Not begun: \(listed(notStarted)).
              Keep this list: the journal may not have it. 'failover resume' does the rest and leaves alone what already stands.
            """
    }
}
