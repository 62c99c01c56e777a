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

/// What only our own mirror reads of a configuration.
public struct MirrorSettings: Sendable, Equatable {
    /// Into how many tasks the partitions are divided (`tasks.max`).
    public var tasks = 1
    /// Whether records, offset syncs and position go to the target in one transaction.
    public var exactlyOnce = false
    public var transactionInterval = Duration.milliseconds(500)
    public var transactionRecords = 200_000
    /// Whether each copy is marked with where it came from (``ProvenanceMarker``).
    public var provenanceHeaders = false
    /// Bounds of a process's memory.
    public var inFlightRecords = 60_000
    public var inFlightBytes = 64 << 20
    public var fetchedBytes = 16 << 20
    public var refusedRecords = RefusedRecordPolicy.stop
    public var sourceReset = SourceResetPolicy.stop

    public init() {}
}
