/// Who holds a lock, by a log of what everybody who wants it has written: the log's order decides, and no clock.
///
/// A claim takes a lock that is free, or one of a holder that it names because nothing was heard of it; any other claim comes to
/// nothing. So at any place in the log there is one holder at the most, and all who read it agree on which.
struct LockLog: Sendable, Hashable {
    struct Entry: Codable, Sendable, Hashable {
        enum Verb: String, Codable, Sendable { case claim, beat, release }
        var verb: Verb
        /// Of one attempt to hold it.
        var claim: String
        /// A holder that is taken for dead.
        var replacing: String?
        var by: Operator
    }

    private(set) var holder: Entry?
    /// Signs of life of the holder so far.
    private(set) var beats = 0

    mutating func append(_ entry: Entry) {
        switch entry.verb {
        case .claim:
            guard holder == nil || holder?.claim == entry.replacing else { return }
            (holder, beats) = (entry, 0)
        case .beat: if holder?.claim == entry.claim { beats += 1 }
        case .release: if holder?.claim == entry.claim { holder = nil }
        }
    }
}
