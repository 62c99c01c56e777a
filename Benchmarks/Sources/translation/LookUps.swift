import KafkaClient
import OffsetTranslate

/// Positions to look up: at random, and the same ones partition by partition in ascending order.
struct LookUps {
    private let log: SyncLog
    private let wanted: [(partition: Int, offset: Int64)]
    private let inOrder: [[Int64]]

    init(_ log: SyncLog, _ count: Int) {
        self.log = log
        var random = SplitMix64(state: 2)
        wanted = (0..<count).map { _ in
            let partition = Int.random(in: log.partitions.indices, using: &random)
            return (partition: partition, offset: Int64.random(in: 0...log.reach[partition], using: &random))
        }
        var inOrder = [[Int64]](repeating: [], count: log.partitions.count)
        for (partition, offset) in wanted { inOrder[partition].append(offset) }
        self.inOrder = inOrder.map { $0.sorted() }
    }

    func measure(_ map: TranslationMap, _ stock: StockOffsetSyncStore, _ shape: SyncLog.Shape, rounds: Int, _ report: inout Report) {
        let histories = log.partitions.map { map[$0] ?? PartitionHistory() }
        let rate = Double(wanted.count) / 1e6
        func time(_ body: (inout Int64) -> Void) -> Double {
            var sum: Int64 = 0
            defer { consume(sum) }
            return rate / bestOfThread(rounds: rounds) { body(&sum) }
        }
        let byStock = time { sum in
            for (partition, offset) in wanted {
                if case .offset(let position) = stock.translate(log.partitions[partition], offset) { sum &+= position }
            }
        }
        func add(_ what: String, baseline: Double? = nil, _ body: (inout Int64) -> Void) {
            report.add("\(shape): look-ups, \(what)", time(body), "M/s", baseline: baseline, goal: .atLeast(20))
        }
        add("map.translate", baseline: byStock) { sum in
            for (partition, offset) in wanted { sum &+= map.translate(offset, of: log.partitions[partition]).position ?? -1 }
        }
        add("history.translate") { sum in
            for (partition, offset) in wanted { sum &+= histories[partition].translate(offset).position ?? -1 }
        }
        add("map.bounds", baseline: byStock) { sum in
            for (partition, offset) in wanted { sum &+= map.bounds(of: offset, of: log.partitions[partition])?.low ?? -1 }
        }
        add("history.bounds") { sum in
            for (partition, offset) in wanted { sum &+= histories[partition].bounds(of: offset)?.low ?? -1 }
        }
        add("history.bounds, in order") { sum in
            for (partition, offsets) in inOrder.enumerated() {
                for bounds in histories[partition].bounds(of: offsets) { sum &+= bounds?.low ?? -1 }
            }
        }
    }
}
