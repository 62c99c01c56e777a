/// Reads Kafka's primitive types: big-endian, strings as an int16 length and UTF-8 (`org.apache.kafka.common.protocol.types.Type`).
///
/// Bytes after the last field are left alone, as upstream's readers do.
struct WireReader {
    private let all: UnsafeRawBufferPointer
    private var position = 0

    /// - Throws: ``WireError/missingKey``.
    init(key: UnsafeRawBufferPointer?) throws(WireError) {
        guard let key else { throw .missingKey }
        all = key
    }

    /// - Throws: ``WireError/tombstone``.
    init(value: UnsafeRawBufferPointer?) throws(WireError) {
        guard let value else { throw .tombstone }
        all = value
    }

    /// Where the next `size` bytes begin; they are read then.
    @inline(__always)
    private mutating func take(_ size: Int, _ field: String) throws(WireError) -> Int {
        guard all.count - position >= size else { throw .truncated(field: field) }
        defer { position += size }
        return position
    }

    @inline(__always)
    mutating func integer<Integer: FixedWidthInteger>(_ field: String) throws(WireError) -> Integer {
        let start = try take(MemoryLayout<Integer>.size, field)
        return Integer(bigEndian: all.loadUnaligned(fromByteOffset: start, as: Integer.self))
    }

    @inline(__always)
    mutating func notNegative<Integer: FixedWidthInteger>(_ field: String) throws(WireError) -> Integer {
        let value: Integer = try integer(field)
        guard value >= 0 else { throw .negative(field: field, Int64(value)) }
        return value
    }

    /// The bytes of a string, not yet known to be UTF-8.
    @inline(__always)
    mutating func bytes(_ field: String) throws(WireError) -> UnsafeRawBufferPointer {
        let length: Int16 = try integer(field)
        guard length >= 0 else { throw .negativeLength(field: field) }
        let start = try take(Int(length), field)
        return UnsafeRawBufferPointer(rebasing: all[start..<start + Int(length)])
    }

    mutating func string(_ field: String) throws(WireError) -> String { try Self.text(try bytes(field), field) }

    static func text(_ bytes: UnsafeRawBufferPointer, _ field: String) throws(WireError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8(field: field) }
        return text
    }

    /// - Throws: ``WireError/unsupportedVersion(_:)`` unless it is 0, the only one there is.
    mutating func version() throws(WireError) {
        let version: Int16 = try integer("version")
        guard version == 0 else { throw .unsupportedVersion(version) }
    }
}

/// Writes what ``WireReader`` reads.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func integer<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ more: [UInt8]) { bytes += more }

    mutating func string(_ text: String, _ field: String) throws(WireError) {
        let utf8 = Array(text.utf8)
        guard let length = Int16(exactly: utf8.count) else { throw .tooLong(field: field, bytes: utf8.count) }
        integer(length)
        bytes += utf8
    }
}
