extension Translation {
    /// Why an offset has no translation. Raw values are stable.
    public enum Reason: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
        /// No sync of the partition is known.
        case noSyncs
        /// The offset lies before the first sync, and the target's log start is not known.
        case beforeFirstSync
        /// The target topic was re-created or truncated, only its log start is still a bound, and that is not known.
        case targetReplaced
        /// MM2's own algorithm has forgotten the syncs at and below the offset; it writes no checkpoint then.
        case forgottenByStock
        /// The source has no such partition.
        case sourceMissing
        /// The target has no such partition.
        case targetMissing
        /// The replication policy names the copies of several source partitions alike.
        case severalSources
        /// The source's retention has deleted the record at the offset.
        case expiredOnSource
        /// The offset lies beyond the source's log end.
        case beyondSourceLogEnd
        /// No record near the offset is left on both sides.
        case nothingToCompare
        /// All records near the offset are equal to each other, so that a copy at another offset would look the same.
        case recordsAlike
        /// The record at the same offset of the target is another one.
        case offsetsNotPreserved
        /// A record that would have to be compared has no timestamp.
        case noTimestamp
        /// The target's topic keeps the time of appending instead of the records' own timestamps.
        case logAppendTime
        /// The target's brokers answered a look-up by timestamp contrary to their records.
        case timestampsContradicted

        public var description: String {
            switch self {
            case .noSyncs: "no offset sync of this partition is known"
            case .beforeFirstSync: "before the first known offset sync, and the target's log start is not known"
            case .targetReplaced: "the target was re-created or truncated since, and its log start is not known"
            case .forgottenByStock: "MM2 has forgotten the offset syncs from there, and writes no checkpoint"
            case .sourceMissing: "the source has no such partition"
            case .targetMissing: "the target has no such partition"
            case .severalSources: "copies of several source partitions have the same name on the target"
            case .expiredOnSource: "the source's retention has deleted the record at this offset"
            case .beyondSourceLogEnd: "the offset lies beyond the source's log end: its topic was re-created or truncated"
            case .nothingToCompare: "no record near the offset is left on both sides to compare"
            case .recordsAlike: "the records near the offset are all alike, so comparing them proves nothing"
            case .offsetsNotPreserved:
                "the link does not preserve offsets: the target holds another record at the same offset"
            case .noTimestamp: "a record there has no timestamp"
            case .logAppendTime: "the target's topic has log-append timestamps, not those of the source's records"
            case .timestampsContradicted: "the target's brokers answered a look-up by timestamp contrary to their records"
            }
        }
    }
}
