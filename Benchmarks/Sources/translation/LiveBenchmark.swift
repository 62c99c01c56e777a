import ArgumentParser
import CSupport
import Foundation
import KafkaClient
import OffsetTranslate

/// Reads an offset-syncs topic from a broker, next to a C program that only counts the same records.
struct LiveBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live", abstract: "Loads a topic's sync history from a broker, next to a plain read of it in C.")

    @OptionGroup var options: ReportOptions

    @Option(help: "The brokers, host:port. Without any there is nothing to measure: the embedded cluster keeps 5 MiB of a partition.")
    var brokers: String?

    @Option(help: "The topic, of one partition.")
    var topic = "bench-syncs"

    @Option(help: "Write that many syncs to the topic first; it is made where there is none.")
    var produce: Int?

    func run() async throws {
        guard let brokers else {
            FileHandle.standardError.write(Data("live: skipped, no --brokers given\n".utf8))
            return
        }
        let cluster = try LibrdkafkaCluster(
            name: "bench", properties: ClientProperties(["bootstrap.servers": brokers]), timeout: .seconds(30))
        if let produce { try await write(produce, to: cluster) }

        var plain = Double.infinity, asking = Double.infinity, history = Double.infinity, map = Double.infinity
        var records: Int64 = 0
        let syncs = InternalTopic<OffsetSync>(topic, on: cluster)
        // In turn, so that a disturbance from outside meets all.
        for _ in 0..<options.rounds {
            plain = min(plain, try seconds { records = try read(brokers, header: nil) })
            asking = min(asking, try seconds { records = try read(brokers, header: StrictMarker.headerName) })
            history = min(history, try await secondsAwaiting {
                let (_, reading, _) = try await syncs.history()
                guard reading.decoded == records else {
                    throw Failure(description: "\(reading.decoded) syncs were decoded, and \(records) records are in the topic")
                }
            })
            map = min(map, try await secondsAwaiting { consume(try await syncs.history(withStock: false)) })
        }
        let millions = Double(records) / 1e6
        var report = Report(json: options.json)
        report.heading("in C")
        report.add("live: records read", millions, "M")
        report.add("live: history, loaded", millions / map, "M/s", baseline: millions / plain, goal: .atLeast(0.9 * millions / plain))
        report.add("live: ... next to C that asks each record for the mark", millions / map, "M/s", baseline: millions / asking)
        report.add("live: with stock's store beside it", millions / history, "M/s", baseline: millions / plain)
        try report.finish()
    }

    /// How many records the C program has read.
    private func read(_ brokers: String, header: String?) throws -> Int64 {
        let result = plainread(brokers, topic, 30_000, header)
        if result.error.0 != 0 {
            throw Failure(description: withUnsafeBytes(of: result.error) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return result.records
    }

    private func write(_ count: Int, to cluster: LibrdkafkaCluster) async throws {
        try await cluster.createTopics([NewTopic(name: topic, partitions: 1, configuration: ["cleanup.policy": "compact"])])
        let log = try SyncLog(.steady, syncs: count, partitions: 1_000)
        // Batches as MM2's producer makes them.
        var properties = cluster.producerProperties
        properties["batch.size"] = "16384"
        let producer = try Producer(cluster: cluster.name, properties: properties)
        let partition = TopicPartition(topic: topic, partition: 0)
        try log.forEach { key, value, _ in
            let record = Record(key: Array(key), value: Array(value))
            while true {
                do {
                    try producer.produce(record, to: partition) { _ in }
                    break
                } catch let error as KafkaError where error.code == .queueFull {
                    usleep(1_000)
                }
            }
        }
        guard await producer.flush(within: .seconds(60)) else { throw Failure(description: "the broker did not take the records") }
    }
}

struct Failure: Error, CustomStringConvertible {
    var description: String
}
