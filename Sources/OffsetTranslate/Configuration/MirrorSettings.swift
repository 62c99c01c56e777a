/// What becomes of a record that the target refuses for good: too large for it, or invalid.
public enum RefusedRecordPolicy: String, Sendable, Equatable, CaseIterable {
    /// Its partition is not mirrored on; the others are.
    case stop
    /// It is left out, and where it lies is recorded.
    case skip
}

/// What becomes of a partition whose source topic was re-created or truncated since it was last mirrored.
public enum SourceResetPolicy: String, Sendable, Equatable, CaseIterable {
    /// It is not mirrored on; the others are.
    case stop
    /// It is mirrored from its log start, as a new history behind what the target has of the old one.
    case newHistory = "new-history"
}

