internal import Foundation
public import KafkaClient
internal import OffsetTranslate
internal import Synchronization

/// Writes what the source has and the target never got to a file, one JSON object a line, for somebody to write it anew.
///
/// Memory does not grow with it. The file appears under its name when all is in it and on disk; one that exists is not touched.
public struct DivergenceExport: Sendable {
    public var source: any KafkaCluster
    public var path: String

    public init(of source: any KafkaCluster, to path: String) {
        self.source = source
        self.path = path
    }

    /// What was written.
    public struct Outcome: Sendable, Hashable {
        public var records: Int64 = 0
        /// Offsets that retention has deleted since the plan was made.
        public var gone: Int64 = 0
    }

    /// - Throws: ``DivergenceExportError``, ``KafkaError``, `CancellationError`. Nothing is left behind then.
    public func write(_ divergences: [Divergence]) async throws -> Outcome {
        guard access(path, F_OK) != 0 else { throw DivergenceExportError(path: path, problem: "it exists already; name another one") }
        let part = path + ".part"
        let file = try PartFile(path: part)
        var outcome = Outcome()
        do {
            let logs = try await source.logBounds(of: divergences.map(\.partition).sorted())
            for divergence in divergences.sorted(by: { $0.partition < $1.partition }) {
                for range in divergence.ranges {
                    let start = max(range.start, logs[divergence.partition]?.start ?? range.end)
                    outcome.gone += max(0, min(start, range.end) - range.start)
                    guard start < range.end else { continue }
                    _ = try await source.scan(
                        [LogRange(divergence.partition, LogBounds(start: start, end: range.end))], isolation: .committed, into: ()
                    ) { _, message in try file.append(DivergentRecord(message.copy())) }
                }
            }
            outcome.records = try file.finish()
            guard rename(part, path) == 0 else { throw DivergenceExportError(path: path, problem: String(cString: strerror(errno))) }
        } catch {
            unlink(part)
            throw error
        }
        return outcome
    }
}

/// One line. Bytes are base64; null is null, and not the same as empty.
struct DivergentRecord: Encodable {
    var topic: String
    var partition: Int32
    var offset: Int64
    /// Milliseconds since the epoch.
    var timestamp: Int64?
    var key: Data?
    var value: Data?
    var headers: [Field]

    struct Field: Encodable {
        var name: String
        var value: Data?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Names.self)
            try container.encode(name, forKey: .name)
            try container.encode(value, forKey: .value)
        }
        private enum Names: CodingKey { case name, value }
    }

    init(_ record: ConsumedRecord) {
        topic = record.topicPartition.topic
        partition = record.topicPartition.partition
        offset = record.offset
        timestamp = record.record.timestamp
        key = record.record.key.map { Data($0) }
        value = record.record.value.map { Data($0) }
        headers = record.record.headers.map { Field(name: $0.name, value: $0.value.map { Data($0) }) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Names.self)
        try container.encode(topic, forKey: .topic)
        try container.encode(partition, forKey: .partition)
        try container.encode(offset, forKey: .offset)
        try container.encode(timestamp, forKey: .timestamp)
        try container.encode(key, forKey: .key)
        try container.encode(value, forKey: .value)
        try container.encode(headers, forKey: .headers)
    }
    private enum Names: CodingKey { case topic, partition, offset, timestamp, key, value, headers }
}

/// The file while it is being written. Owns its descriptor.
private final class PartFile: Sendable {
    private let path: String
    private let descriptor: Int32
    private let state = Mutex((buffer: Data(), records: Int64(0)))

    init(path: String) throws(DivergenceExportError) {
        self.path = path
        // Records may be anybody's secrets.
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DivergenceExportError(path: path, problem: String(cString: strerror(errno))) }
    }

    func append(_ record: DivergentRecord) throws {
        let line = try JSONEncoder.sorted().encode(record) + [0x0A]
        try state.withLock { state in
            state.buffer += line
            state.records += 1
            if state.buffer.count > 1 << 18 { try flush(&state.buffer) }
        }
    }

    /// - Returns: How many records are in it, on disk.
    func finish() throws -> Int64 {
        try state.withLock { state in
            try flush(&state.buffer)
            guard fsync(descriptor) == 0 else { throw failure }
            return state.records
        }
    }

    private func flush(_ buffer: inout Data) throws(DivergenceExportError) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { throw failure }
            rest = rest.dropFirst(max(0, written))
        }
        buffer = Data()
    }

    private var failure: DivergenceExportError { DivergenceExportError(path: path, problem: String(cString: strerror(errno))) }

    deinit { close(descriptor) }
}

/// A file for what never reached the target that can't be written.
public struct DivergenceExportError: Error, CustomStringConvertible {
    public var path: String
    public var problem: String

    public var description: String { "what never reached the target can't be written to '\(path)': \(problem)" }
}
