import ArgumentParser
import KafkaClient
import OffsetTranslate

/// What needs no broker: syncs taken in from memory, look-ups, sizes, snapshots.
struct MemoryBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Takes in syncs from memory, looks positions up, weighs what is kept. No broker.")

    @OptionGroup var options: ReportOptions

    @OptionGroup var logs: LogOptions

    func run() throws {
        var report = Report(json: options.json)
        report.heading("stock")
        for shape in [SyncLog.Shape.steady, .transactional, .strict] {
            try ingest(shape, interleaved: true, &report)
            let log = try ingest(shape, interleaved: false, &report)
            let (map, bytes) = try heapBytes { try log.map() }
            let (stock, stockBytes) = try heapBytes { try log.stock() }
            weigh(map, bytes, stockBytes, shape, &report)
            LookUps(log, logs.lookups).measure(map, stock, shape, rounds: options.rounds, &report)
        }
        try weighHealthy(&report)
        try snapshot(&report)
        try report.finish()
    }

    @discardableResult
    private func ingest(_ shape: SyncLog.Shape, interleaved: Bool, _ report: inout Report) throws -> SyncLog {
        let log = try SyncLog(shape, syncs: logs.syncs, partitions: logs.partitions, interleaved: interleaved)
        var ours = Double.infinity, stock = Double.infinity
        for _ in 0..<options.rounds {
            ours = min(ours, try seconds { consume(try log.map()) })
            stock = min(stock, try seconds { consume(try log.stock()) })
        }
        let order = interleaved ? "interleaved" : "in batches"
        report.add(
            "\(shape): taken in, \(order)", Double(logs.syncs) / ours / 1e6, "M/s", baseline: Double(logs.syncs) / stock / 1e6,
            goal: .atLeast(10))
        report.add("\(shape): built, \(order)", ours, "s", baseline: stock)
        return log
    }

    private func weigh(
        _ map: TranslationMap, _ bytes: Double, _ stock: Double, _ shape: SyncLog.Shape, _ report: inout Report
    ) {
        let histories = map.partitions.compactMap { map[$0] }
        let runs = histories.reduce(0) { $0 + $1.runCount }, anchors = histories.reduce(0) { $0 + $1.anchorCount }
        let count = Double(histories.count)
        report.add("\(shape): runs a partition", Double(runs) / count, "runs")
        if anchors > runs {
            report.add("\(shape): heap a sync kept", bytes / Double(anchors + runs), "B", goal: .atMost(4.125))
        } else if runs > histories.count * 100 {
            report.add("\(shape): heap a run", bytes / Double(runs), "B", goal: .atMost(24))
        }
        report.add("\(shape): heap a partition", bytes / count, "B", baseline: stock / count)
    }

    private func weighHealthy(_ report: inout Report) throws {
        let log = try SyncLog(.healthy, syncs: logs.partitions * 100, partitions: logs.partitions)
        let (map, bytes) = try heapBytes { try log.map() }
        let (stock, stockBytes) = try heapBytes { try log.stock() }
        let count = Double(logs.partitions)
        report.add(
            "healthy strict: heap a partition, index included", bytes / count, "B", baseline: stockBytes / count, goal: .atMost(100))
        LookUps(log, logs.lookups).measure(map, stock, .healthy, rounds: options.rounds, &report)
    }

    private func snapshot(_ report: inout Report) throws {
        let log = try SyncLog(.steady, syncs: logs.syncs, partitions: logs.partitions)
        var history = SyncHistory(), offset: Int64 = 0
        try log.forEach { key, value, _ in
            let record = ConsumedRecord(
                topicPartition: TopicPartition(topic: "mm2-offset-syncs.target.internal", partition: 0), offset: offset,
                record: Record(key: Array(key), value: Array(value)))
            try MessageView.lend(record) { try history.append($0) }
            offset += 1
        }
        let snapshot = TranslationSnapshot(
            clusterID: nil, topic: "mm2-offset-syncs.target.internal", next: offset, history: history)
        var bytes: [UInt8] = []
        let encoding = try best(of: options.rounds) { bytes = try snapshot.encoded() }
        let decoding = try best(of: options.rounds) {
            consume(try bytes.withUnsafeBytes { bytes throws(SnapshotError) in try TranslationSnapshot.decode(bytes) })
        }
        report.add("steady: snapshot, size a sync", Double(bytes.count) / Double(logs.syncs), "B")
        report.add("steady: snapshot, encoded", encoding, "s")
        report.add("steady: snapshot, decoded", decoding, "s")
    }
}
