public import KafkaClient

/// A record's content without its place: its timestamp and a 64-bit keyed hash of key, value and headers.
///
/// The key is the process's own, so fingerprints can't be kept or sent, nor made alike by whoever writes the records.
public struct RecordFingerprint: Hashable, Sendable {
    /// `nil` where the broker set it on append: a copy keeps the content, not that.
    public var timestamp: Int64?
    /// Of key, value and headers, without those of ``ProvenanceMarker``.
    public var hash: Int

    public init(_ message: borrowing MessageView) {
        timestamp = message.isLogAppendTime ? nil : message.timestamp
        var hasher = Hasher()
        for bytes in [message.key, message.value] {
            hasher.combine(bytes == nil)
            if let bytes {
                hasher.combine(bytes.count)
                hasher.combine(bytes: bytes)
            }
        }
        // Where a copy came through is no part of what it says.
        let headers = message.headers
        let isMarked = headers.contains { $0.name == ProvenanceMarker.headerName }
        hasher.combine(isMarked ? headers.filter { $0.name != ProvenanceMarker.headerName } : headers)
        hash = hasher.finalize()
    }

    /// Whether one may be a copy of the other: equal in all that both have.
    public func matches(_ other: RecordFingerprint) -> Bool {
        guard hash == other.hash else { return false }
        guard let timestamp, let otherTimestamp = other.timestamp else { return true }
        return timestamp == otherTimestamp
    }
}
