import KafkaClient
public import OffsetTranslate

/// What an audit keeps of a record.
public struct AuditRecord: Hashable, Sendable {
    public var offset: Int64
    public var fingerprint: RecordFingerprint
    /// Milliseconds since the epoch; -1 where the record has none.
    public var timestamp: Int64
    /// Compaction takes no other records.
    public var hasKey: Bool

    public init(_ message: borrowing MessageView) {
        offset = message.offset
        fingerprint = RecordFingerprint(message)
        timestamp = message.timestamp
        hasKey = message.key != nil
    }
}
