import Foundation
import KafkaClient

// Opens, uses and closes everything the Kafka layer has, again and again, under the address and leak sanitizers: `make leaks`.
// With `deliberate` it loses something, to show that the sanitizer looks.
let iterations = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 3
if CommandLine.arguments.contains("deliberate") {
    for size in 1...3 { _ = malloc(size * 1000) }
}

for iteration in 0..<iterations {
    let embedded = try EmbeddedCluster(name: "leaks", brokers: 2)
    try embedded.createTopic("t", partitions: 2)
    let cluster = try LibrdkafkaCluster(name: "leaks", properties: embedded.properties, timeout: .seconds(20))
    let partition = TopicPartition(topic: "t", partition: Int32(iteration % 2))

    let producer = try Producer(cluster: "leaks", properties: embedded.properties)
    for number in 0..<20 {
        let headers = [Header(name: "h", value: [1]), Header(name: "null", value: nil), Header(name: "empty", value: [])]
        _ = try await producer.send(
            Record(key: number % 2 == 0 ? nil : [1], value: number % 5 == 0 ? nil : [2, 3], headers: headers), to: partition)
    }
    _ = try await cluster.clusterID()
    _ = try await cluster.topics()
    let bounds = try await cluster.logBounds(of: [partition])[partition] ?? LogBounds(start: 0, end: 0)
    let read = try await cluster.scan([LogRange(partition, bounds)], into: [ConsumedRecord]()) { $0.append($1.copy()) }
    precondition(read.count == 20)
    _ = try await cluster.commit([partition: .init(offset: 5, metadata: "m")], for: "g")
    _ = try await cluster.committedOffsets(of: "g", for: [partition])
    _ = try? await cluster.groups()

    let member = try GroupConsumer(cluster: "leaks", group: "member", properties: embedded.properties)
    try await member.subscribe(to: ["t"])
    var seen = 0
    let deadline = ContinuousClock.now + .seconds(60)
    while seen < 20, ContinuousClock.now < deadline { seen += try await member.poll(timeout: .milliseconds(200)).count }
    _ = try await member.commit([partition: .init(offset: bounds.end)])
    await member.close()

    // The ways out that fail: a wrong property, a dead cluster, records never delivered.
    _ = try? LibrdkafkaCluster(name: "x", properties: .init(["bootstrap.servers": "h:1", "no.such": "1"]))
    embedded.goDown()
    try producer.produce(Record(value: [1]), to: partition) { _ in }
    producer.abandon()
    let dead = try LibrdkafkaCluster(name: "dead", properties: embedded.properties, timeout: .milliseconds(300))
    _ = try? await dead.topics()
    _ = try? await dead.commit([partition: .init(offset: 1)], for: "g")
    print("iteration \(iteration + 1) of \(iterations): \(seen) records")
}
// Producers' threads notice within 50 ms that they are not needed any more.
try await Task.sleep(for: .seconds(1))
ClientLibrary.waitForClosedClients(atMost: .seconds(30))
