import OffsetTranslate

/// What the target's offset-syncs topic holds: where a capture goes on, and what is known by then.
struct CapturedLog: Sendable {
    /// The newest sync, as it lies in the source's topic.
    private(set) var newest: (offset: Int64, record: Record)?
    /// From all of them.
    private(set) var map = TranslationMap()
    private(set) var count = 0
    /// Records that were there already; readers pass over them too.
    private(set) var repeated = 0
    /// Target offset of the first record that no capture wrote. Nothing after it is taken in.
    private(set) var foreign: Int64?

    /// Where to go on in the source's topic; `nil` for its start.
    var next: Int64? { newest.map { $0.offset == .max ? .max : $0.offset + 1 } }

    /// Takes in the next record of the target's topic.
    mutating func take(_ message: borrowing MessageView) {
        guard foreign == nil else { return }
        guard let marker = CapturedMarker(of: message) else {
            foreign = message.offset
            return
        }
        guard marker.sourceOffset > newest?.offset ?? -1 else {
            repeated += 1
            return
        }
        var record = message.copy().record
        record.headers.removeAll { $0.name == CapturedMarker.headerName }
        take(record, at: marker.sourceOffset)
    }

    /// Takes in the next record of the source's topic.
    mutating func take(_ record: Record, at offset: Int64) {
        newest = (offset, record)
        count += 1
        if let sync = Self.sync(record, offset) { map.append(sync) }
    }

    /// What can't be decoded is relayed, and says nothing, as for every reader.
    private static func sync(_ record: Record, _ offset: Int64) -> Located<OffsetSync>? {
        let decoded = withBytes(record.key) { key in withBytes(record.value) { try? OffsetSync.decode(key: key, value: $0) } }
        guard let decoded else { return nil }
        let mark = record.headers.last { $0.name == StrictMarker.headerName }?.value
        return Located(entry: decoded, offset: offset, timestamp: record.timestamp ?? -1, marker: mark)
    }

    private static func withBytes<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        guard let bytes else { return body(nil) }
        return bytes.withUnsafeBytes(body)
    }
}

extension Record {
    /// As it is relayed: everything kept, and where it came from added.
    func captured(from offset: Int64) -> Record {
        var record = self
        record.headers.append(Header(name: CapturedMarker.headerName, value: CapturedMarker(sourceOffset: offset).encoded()))
        return record
    }

    /// The same sync. Brokers may have set the copy's timestamp.
    func isCopy(of other: Record) -> Bool { key == other.key && value == other.value && headers == other.headers }
}
