public import KafkaClient

/// The mark that our own mirror leaves, as a record header, on each offset sync. Stock readers don't look at headers.
///
/// It promises: between the sync `previous` (u0, d0) and the one that carries the mark (u1, d1), every record that was
/// mirrored has `upstream - downstream == u0 - d0`. So for `u0 < s <= u1` the translation `min(d1, d0 + (s - u0))` is
/// exact. A reader may rely on it only if the sync it read just before, for the same partition, *is* `previous`:
/// compaction may have removed one in between.
public struct StrictMarker: Hashable, Sendable {
    public static let headerName = "offset-translate.strict"

    /// An offset sync without its partition.
    public struct Pair: Hashable, Sendable, Codable {
        public var upstreamOffset: Int64
        public var downstreamOffset: Int64

        public init(upstreamOffset: Int64, downstreamOffset: Int64) {
            self.upstreamOffset = upstreamOffset
            self.downstreamOffset = downstreamOffset
        }
    }

    /// The sync that the mirror wrote before this one for the same partition; `nil` for the first of a chain.
    public var previous: Pair?

    public init(previous: Pair?) { self.previous = previous }

    private static let version: UInt8 = 1

    /// One byte of version; then, unless it is the first of a chain, both offsets, big-endian.
    public func encoded() -> [UInt8] {
        var writer = WireWriter()
        writer.integer(Self.version)
        if let previous {
            writer.integer(previous.upstreamOffset)
            writer.integer(previous.downstreamOffset)
        }
        return writer.bytes
    }

    /// - Throws: ``WireError``; a reader then treats the sync as one without a mark.
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> StrictMarker {
        var reader = try WireReader(value: bytes)
        let version: UInt8 = try reader.integer("version")
        guard version == Self.version else { throw .unsupportedVersion(Int16(version)) }
        guard bytes.count > 1 else { return StrictMarker(previous: nil) }
        return StrictMarker(
            previous: Pair(
                upstreamOffset: try reader.notNegative("previous upstreamOffset"),
                downstreamOffset: try reader.notNegative("previous downstreamOffset")))
    }
}

/// The name of the flow that an offset sync of our own mirror belongs to: `source->target`.
///
/// The topic's name does not tell: `mm2-offset-syncs.A.internal` on B may hold the syncs of A->B or of B->A, and read as the
/// other flow's they would skip records.
public enum FlowMarker {
    public static let headerName = "offset-translate.flow"

    public static func encoded(_ flow: ReplicationFlow) -> [UInt8] { Array("\(flow.sourceAlias)->\(flow.targetAlias)".utf8) }
}

/// The mark on a copy, where the mirror is told to leave it: the alias of the cluster it was copied from. One that was mirrored on has
/// several.
///
/// It is no part of what the record says: a copy with it is still its original's (``RecordFingerprint``).
public enum ProvenanceMarker {
    public static let headerName = "offset-translate.from"

    public static func header(from alias: String) -> Header { Header(name: headerName, value: Array(alias.utf8)) }
}

/// The mark on a checkpoint whose downstream offset our own mirror computed exactly.
public enum ExactCheckpointMarker {
    public static let headerName = "offset-translate.exact"

    public static func encoded() -> [UInt8] { [1] }

    public static func isPresent(_ header: [UInt8]?) -> Bool { header?.first == 1 }
}

/// The mark on an offset sync that `failover capture` relayed from the source's offset-syncs topic to the target's.
///
/// Its offset there tells a capture that starts where to go on, and a reader which records came twice: what is not above
/// all before it has been read already.
public struct CapturedMarker: Hashable, Sendable {
    public static let headerName = "offset-translate.captured"

    /// The record's offset in the source's topic.
    public var sourceOffset: Int64

    public init(sourceOffset: Int64) { self.sourceOffset = sourceOffset }

    private static let version: UInt8 = 1

    /// One byte of version, then the offset, big-endian.
    public func encoded() -> [UInt8] {
        var writer = WireWriter()
        writer.integer(Self.version)
        writer.integer(sourceOffset)
        return writer.bytes
    }

    /// - Throws: ``WireError``.
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> CapturedMarker {
        var reader = try WireReader(value: bytes)
        let version: UInt8 = try reader.integer("version")
        guard version == Self.version else { throw .unsupportedVersion(Int16(version)) }
        return CapturedMarker(sourceOffset: try reader.notNegative("source offset"))
    }
}
