public import KafkaClient

/// Writes while something else is done: so many records each 20 ms, to the partitions in turn. Afterwards all of them are in the logs.
///
/// - Parameter record: By its number, from 0 on.
/// - Throws: ``KafkaError`` where they could not be written, and what `body` throws.
public func load(
    _ cluster: LibrdkafkaCluster, _ partitions: [TopicPartition], atOnce count: Int, _ record: @escaping @Sendable (Int) -> Record,
    while body: () async throws -> Void
) async throws {
    let producer = try Producer(cluster: cluster.name, properties: cluster.producerProperties)
    let writing = Task {
        var number = 0
        while !Task.isCancelled {
            for _ in 0..<count {
                try producer.produce(record(number), to: partitions[number % partitions.count]) { _ in }
                number += 1
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
    defer { writing.cancel() }
    try await body()
    writing.cancel()
    try await writing.value
    guard await producer.flush(within: .seconds(60)) else { throw KafkaError(.timedOut, "write what the test asks for", cluster: cluster.name) }
}
