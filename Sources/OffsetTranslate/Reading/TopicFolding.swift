internal import KafkaClient
internal import Synchronization

/// The reading of an internal topic under way.
///
/// The cluster is handed nothing generic: behind `any KafkaCluster`, where generic state lies would be looked up for each record.
final class TopicFolding<State: Sendable>: Sendable {
    private struct Progress: Sendable {
        var reading: TopicReading
        var state: State
    }
    private let progress: Mutex<Progress>
    private let range: LogBounds
    private let handler: ReadingProgress.Handler
    private let update: @Sendable (inout State, borrowing MessageView) throws(WireError) -> Void

    /// - Parameter range: What is read.
    init(
        _ state: State, _ reading: TopicReading, of range: LogBounds, progress handler: @escaping ReadingProgress.Handler,
        _ update: @escaping @Sendable (inout State, borrowing MessageView) throws(WireError) -> Void
    ) {
        progress = Mutex(Progress(reading: reading, state: state))
        self.range = range
        self.handler = handler
        self.update = update
    }

    var result: (State, TopicReading) { progress.withLock { ($0.state, $0.reading) } }

    func take(_ message: borrowing MessageView) {
        progress.withLock { progress in
            progress.reading.times.insert(message.timestamp)
            if progress.reading.records % 50_000 == 0 {
                handler(
                    ReadingProgress(
                        topic: progress.reading.topic, cluster: progress.reading.cluster, offset: message.offset, range: range))
            }
            // Only relayed offset syncs carry that mark.
            if progress.reading.isRepeated(message) { return }
            do throws(WireError) {
                try update(&progress.state, message)
                progress.reading.decoded += 1
            } catch {
                progress.reading.note(error)
            }
        }
    }
}
