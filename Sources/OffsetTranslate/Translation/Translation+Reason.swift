extension Translation {
    /// Why an offset has no translation.
    public enum Reason: String, Hashable, Sendable, Codable, CaseIterable, CustomStringConvertible {
        /// No sync of the partition is known.
        case noSyncs
        /// The offset lies before the first sync, and the target's log start is not known.
        case beforeFirstSync
        /// The target topic was re-created or truncated, only its log start is still a bound, and that is not known.
        case targetReplaced

        public var description: String {
            switch self {
            case .noSyncs: "no offset sync of this partition is known"
            case .beforeFirstSync: "before the first known offset sync, and the target's log start is not known"
            case .targetReplaced: "the target was re-created or truncated since, and its log start is not known"
            }
        }
    }
}
