/// A sign of life of a flow: written on one side, seen on the other.
///
/// The record of MM2's heartbeats topic (`org.apache.kafka.connect.mirror.Heartbeat`):
/// key `STRING sourceClusterAlias, STRING targetClusterAlias`, value `INT16 version = 0, INT64 timestamp`.
public struct Heartbeat: Hashable, Sendable, Codable {
    public var sourceAlias: String
    public var targetAlias: String
    /// Milliseconds since the epoch.
    public var timestamp: Int64

    public init(sourceAlias: String, targetAlias: String, timestamp: Int64) {
        self.sourceAlias = sourceAlias
        self.targetAlias = targetAlias
        self.timestamp = timestamp
    }

    public static func decode(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
    ) throws(WireError) -> Heartbeat {
        var value = try WireReader(value: value)
        var key = try WireReader(key: key)
        try value.version()
        return Heartbeat(
            sourceAlias: try key.string("sourceClusterAlias"), targetAlias: try key.string("targetClusterAlias"),
            timestamp: try value.integer("timestamp"))
    }

    /// - Throws: ``WireError/tooLong(field:bytes:)``.
    public func encodedKey() throws(WireError) -> [UInt8] {
        var key = WireWriter()
        try key.string(sourceAlias, "sourceClusterAlias")
        try key.string(targetAlias, "targetClusterAlias")
        return key.bytes
    }

    public func encodedValue() -> [UInt8] {
        var value = WireWriter()
        value.integer(Int16(0))
        value.integer(timestamp)
        return value.bytes
    }
}
