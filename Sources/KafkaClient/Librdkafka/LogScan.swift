internal import Synchronization

/// A scan under way: what is still to be read, and what was made of the rest.
final class LogScan<State: Sendable>: Sendable {
    private struct Progress: Sendable {
        var state: State
        /// The range that each partition is being read in; none between two of them.
        var current: [TopicPartition: LogBounds] = [:]
        /// Those to come, the next one last.
        var waiting: [TopicPartition: [LogBounds]] = [:]
        var finished: [TopicPartition] = []

        mutating func finish(_ partition: TopicPartition) {
            if current.removeValue(forKey: partition) != nil { finished.append(partition) }
        }

        /// Goes on with the partition's next range, and says where that starts; `nil` where it was the last.
        mutating func advance(_ partition: TopicPartition) -> Int64? {
            guard let bounds = waiting[partition]?.popLast() else {
                waiting[partition] = nil
                return nil
            }
            current[partition] = bounds
            return bounds.start
        }
    }
    private let progress: Mutex<Progress>
    private let update: @Sendable (inout State, borrowing MessageView) throws -> Void
    /// Where there is only one partition, its name need not be made for each record.
    private let single: TopicPartition?

    init(
        state: State, ranges: [LogRange], update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) {
        let waiting = Dictionary(grouping: ranges.filter { !$0.bounds.isEmpty }, by: \.partition)
            .mapValues { $0.map(\.bounds).sorted { $0.start > $1.start } }
        single = waiting.count == 1 ? waiting.keys.first : nil
        progress = Mutex(Progress(state: state, waiting: waiting))
        self.update = update
    }

    /// Where each partition's first range starts.
    func begun() -> [(TopicPartition, Int64)] {
        progress.withLock { progress in
            progress.waiting.keys.compactMap { partition in progress.advance(partition).map { (partition, $0) } }
        }
    }

    func fold(_ batch: borrowing MessageBatch) throws {
        try progress.withLock { progress in
            if let single {
                guard let bounds = progress.current[single] else { return }
                if try fold(batch, within: bounds, into: &progress.state) { progress.finish(single) }
                return
            }
            try batch.forEach { message in
                let partition = TopicPartition(topic: message.topic, partition: message.partition)
                guard let bounds = progress.current[partition] else { return }
                if message.offset < bounds.end { try update(&progress.state, message) }
                if message.offset >= bounds.end - 1 { progress.finish(partition) }
            }
        }
    }

    /// All that is needed for each record of a single partition: nothing is looked up, neither it nor where the state is.
    ///
    /// - Returns: Whether the range is done.
    private func fold(
        _ batch: borrowing MessageBatch, within bounds: LogBounds, into state: inout State
    ) throws -> Bool {
        var isDone = false
        try batch.forEach { message in
            // What lies beyond the range was fetched ahead.
            guard !isDone else { return }
            if message.offset < bounds.end { try update(&state, message) }
            isDone = message.offset >= bounds.end - 1
        }
        return isDone
    }

    /// Partitions whose range is done since the last call, and where their next one starts. An end of log past the range
    /// ends it, though its last offsets held no record.
    func turned(ends: [TopicPartition: Int64]) -> [(TopicPartition, Int64?)] {
        progress.withLock { progress in
            for (partition, end) in ends {
                if let bounds = progress.current[partition], end >= bounds.end { progress.finish(partition) }
            }
            defer { progress.finished = [] }
            return progress.finished.map { ($0, progress.advance($0)) }
        }
    }

    var next: TopicPartition? { progress.withLock { $0.current.keys.min() ?? $0.waiting.keys.min() } }
    var result: State { progress.withLock { $0.state } }
}
