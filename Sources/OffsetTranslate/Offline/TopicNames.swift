internal import Foundation

/// The name that was read last: syncs of one topic come one after the other.
struct TopicNames {
    private var last = ""

    mutating func name(_ index: Int, of object: FlatObject) throws(LineProblem) -> String {
        if let bytes = object.plainBytes(index), isLast(bytes) { return last }
        guard let name = try object.string(index), !name.isEmpty else { throw LineProblem("'topic' is missing") }
        return keep(name)
    }

    /// `nil` where it is empty, or not UTF-8.
    mutating func name(_ bytes: UnsafeRawBufferPointer) -> String? {
        if isLast(bytes) { return last }
        guard !bytes.isEmpty, let name = String(validating: bytes, as: UTF8.self) else { return nil }
        return keep(name)
    }

    private mutating func keep(_ name: String) -> String {
        last = name
        // To be compared byte by byte.
        last.makeContiguousUTF8()
        return last
    }

    private func isLast(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard !bytes.isEmpty, let start = bytes.baseAddress else { return false }
        return last.utf8.withContiguousStorageIfAvailable { name in
            name.count == bytes.count && name.baseAddress.map { memcmp($0, start, bytes.count) == 0 } ?? false
        } ?? false
    }
}

extension FlatObject {
    func partition(_ index: Int) throws(LineProblem) -> Int32 {
        Int32(clamping: try required(index, in: 0...Int64(Int32.max)))
    }
}
