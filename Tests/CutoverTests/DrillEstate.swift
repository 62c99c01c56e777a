@testable import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// Two groups with checkpoints, and records on both sides, for drills to be run on.
struct DrillEstate {
    let estate = Estate()
    let journal: MemoryJournal
    let orders = place("orders"), more = place("orders", 1)
    static let copy = place("west.orders")
    var cluster: InMemoryCluster { estate.east }

    init(lines: Int = .max) throws {
        journal = MemoryJournal(lines: lines)
        for partition in [orders, more] {
            for number in 0..<200 { append(number, partition) }
            try estate.sync(partition, 0, 0, isStrict: true)
            try estate.sync(partition, 199, 199, strictAfter: (0, 0))
        }
        for (group, partition, offset) in [
            ("billing", orders, 100), ("billing", more, 160), ("search", orders, 150), ("search", more, 160),
        ] as [(String, TopicPartition, Int64)] {
            estate.commitOnSource(group, partition, offset)
            try estate.checkpoint(group, partition, offset, 1)
        }
        estate.commitOnTarget("search", orders, 20, metadata: "its own")
    }

    func append(_ number: Int, _ partition: TopicPartition, copied: Bool = true) {
        let record = Record(key: nil, value: Array("\(partition) \(number)".utf8), timestamp: Int64(1_000 + number))
        estate.west.update { _ = $0.append(record, to: partition) }
        let copy = estate.flow.target(of: partition)
        if copied { estate.east.update { _ = $0.append(record, to: copy) } }
    }

    func run(
        sourceLost: Bool = false, switchover: Bool = false, id: RunID = RunID(rawValue: "d1"), parallelism: Int = 1,
        reader: (any ShadowReader)? = nil
    ) async throws -> DrillReport {
        var planner = estate.planner(sourceLost: !switchover)
        planner.parallelism = parallelism
        var drill = Drill(planner: planner, witness: sourceLost ? nil : estate.planner(), reader: reader ?? LogShadowReader(estate.east))
        drill.pause = .zero
        drill.readers = parallelism
        let all = Planner.Selection.all { _ in true }
        return try await drill.rehearse(try await drill.plan(all), all, id) { plan, approval in
            try await CutoverRun.begin(plan, approval, by: .test, id: id, journal.journal, on: estate.east)
        }
    }

    /// No shadow has a commit, and the real groups are as they were.
    func checkNothingIsLeft(_ context: String) throws {
        let groups = cluster.contents.groups
        for (name, group) in groups where name.hasPrefix("drill.") { #expect(group.commits.isEmpty, "\(context): \(name)") }
        let real = groups.filter { !$0.key.hasPrefix("drill.") }
        #expect(real == ["search": InMemoryGroup(commits: [Self.copy: CommittedOffset(offset: 20, metadata: "its own")])], "\(context)")
    }
}
