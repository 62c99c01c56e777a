internal import KafkaClient

extension GroupOffsetSync {
    /// What is to be done about one group's partition on the target.
    enum Verdict: Hashable, Sendable {
        case commit(CommittedOffset)
        /// The target has this position, or one that a mirror has committed and the source's has since gone back behind.
        case upToDate
        /// The group has come further on the target by itself, now or once before.
        case ahead(CommittedOffset)
        /// The log ends where it can't: the topic was truncated, or made anew. No position found before means anything there.
        case logTooShort(LogBounds)
        case missing
    }

    /// Pure: whether a position is to be committed, and which.
    ///
    /// Never backwards (`MirrorCheckpointTask.syncGroupOffset`), and never where the group has shown that it goes its own way.
    /// A position that retention has overtaken is raised to the log's start: nothing is left in between, and left below it the
    /// group's `auto.offset.reset` would decide, which by default passes over everything there is.
    /// - Parameters:
    ///   - current: The group's commit on the target.
    ///   - end: Where the log ends at the least, if it is the one that the position was found for.
    ///   - own: What a mirror has committed there last, as far as known.
    ///   - isLeftAlone: The group has once been ahead there.
    static func due(
        _ wanted: CommittedOffset, at current: CommittedOffset?, in log: LogBounds?, endingAfter end: Int64? = nil,
        own: Int64? = nil, isLeftAlone: Bool = false
    ) -> Verdict {
        guard let log else { return .missing }
        guard max(wanted.offset, end ?? 0) <= log.end else { return .logTooShort(log) }
        var position = wanted
        position.offset = max(wanted.offset, log.start)
        guard let current else { return .commit(position) }
        if isLeftAlone { return .ahead(current) }
        if current.offset < wanted.offset { return .commit(position) }
        return current.offset > position.offset && current.offset != own ? .ahead(current) : .upToDate
    }
}
