package import KafkaClient
internal import Synchronization

/// Reads the stretches of a proof, within its limits.
package struct StretchReader {
    typealias Entry = LogSamples<RecordFingerprint>.Entry

    struct Contents {
        var originals: [Entry] = []
        var copies: [Entry] = []
        /// Where the reading of originals ended.
        fileprivate(set) var end: Int64
    }

    let source: any KafkaCluster
    let target: any KafkaCluster
    let meter: ReadingMeter
    private let handler: ReadingProgress.Handler
    private let total: Int64

    init(
        source: any KafkaCluster, target: any KafkaCluster, meter: ReadingMeter, progress: @escaping ReadingProgress.Handler,
        total widths: [Int64]
    ) {
        self.source = source
        self.target = target
        self.meter = meter
        handler = progress
        total = widths.reduce(0) { $0.addingClamped($1) }
    }

    /// What is read, and held in memory, at a time: about as many offsets, or one stretch.
    private static let chunk: Int64 = 250_000

    package static func chunks<Element>(_ elements: [Element], _ width: (Element) -> Int64) -> [[Element]] {
        var chunks: [[Element]] = [], room: Int64 = 0
        for element in elements {
            if chunks.isEmpty || width(element) > room {
                chunks.append([])
                room = chunk
            }
            chunks[chunks.count - 1].append(element)
            room -= min(room, width(element))
        }
        return chunks
    }

    func read(_ stretches: [ProofStretch]) async throws -> [(ProofStretch, Contents)] {
        let copies = try await LogSamples.read(
            stretches.map { LogRange($0.range.target, $0.range.copies) }, in: target, content(target))
        var contents = stretches.map { stretch in
            Contents(
                copies: Array(copies[LogRange(stretch.range.target, stretch.range.copies)]), end: stretch.range.originals.start)
        }
        var open = Array(stretches.indices)
        while !open.isEmpty {
            let ranges = open.map { index in
                let range = stretches[index].range, start = contents[index].end
                let step = max(256, (start - range.originals.start).addingClamped(stretches[index].copiesWidth))
                let end = max(range.certain, start.addingClamped(step))
                return LogRange(range.source, LogBounds(start: start, end: min(range.originals.end, end)))
            }
            // What aborted transactions wrote was copied by mirrors that read uncommitted records, as MM2 does.
            let samples = try await LogSamples.read(ranges, in: source, isolation: .uncommitted, content(source))
            for (index, range) in zip(open, ranges) {
                contents[index].originals += samples[range]
                contents[index].end = range.bounds.end
            }
            open = open.filter { index in
                let range = stretches[index].range, read = contents[index].originals
                let beyond = read.count - read.partitioningIndex { $0.offset >= range.certain }
                return contents[index].end < range.originals.end && Int64(beyond) < stretches[index].copiesWidth
            }
        }
        return Array(zip(stretches, contents))
    }

    private func content(_ cluster: any KafkaCluster) -> @Sendable (borrowing MessageView) throws -> RecordFingerprint {
        { [meter, handler, total] message in
            let records = try meter.note(message)
            if records % 50_000 == 0 {
                handler(
                    ReadingProgress(
                        topic: message.topic, cluster: cluster.name, offset: Int64(records),
                        range: LogBounds(start: 0, end: max(total, Int64(records)))))
            }
            return RecordFingerprint(message)
        }
    }
}

/// Counts what is read to compare records, and ends it at its limits.
package final class ReadingMeter: Sendable {
    private let limits: RecordProof.Limits
    private let deadline: ContinuousClock.Instant
    private let read: Mutex<(records: Int, bytes: Int)>

    package init(_ limits: RecordProof.Limits) {
        self.limits = limits
        deadline = .now + limits.time
        read = Mutex((0, 0))
    }

    package var total: (records: Int, bytes: Int) { read.withLock { $0 } }

    /// - Returns: How many records have been read by now.
    /// - Throws: ``ProofLimitReached``.
    package func note(_ message: borrowing MessageView) throws -> Int {
        let size = (message.key?.count ?? 0) + (message.value?.count ?? 0)
        let (records, bytes) = read.withLock { read in
            read.records += 1
            read.bytes += size
            return read
        }
        if records > limits.records { throw ProofLimitReached.records(limits.records) }
        if bytes > limits.bytes { throw ProofLimitReached.bytes(limits.bytes) }
        if records % 1000 == 0, ContinuousClock.now > deadline { throw ProofLimitReached.time(limits.time) }
        return records
    }
}

/// A proof by reading would have read more than it may.
public enum ProofLimitReached: Error, Hashable, Sendable, CustomStringConvertible {
    case records(Int)
    case bytes(Int)
    case time(Duration)

    public var description: String {
        switch self {
        case .records(let count): "comparing them takes more than \(count) records"
        case .bytes(let count): "comparing them takes more than \(count / (1 << 20)) MiB"
        case .time(let limit): "comparing them takes longer than \(limit.components.seconds) s"
        }
    }
}
