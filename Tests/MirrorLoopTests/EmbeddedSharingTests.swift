import KafkaClient
import MirrorLoop
import OffsetTranslate
import TestSupport
import Testing

/// Tier 3: processes that share a flow's tasks as members of a group on the embedded brokers.
@Suite(.serialized) struct EmbeddedSharingTests {
    private final class Process: Sendable {
        let events = Events()
        let mirror: Mirror
        private let running: Task<Void, any Error>

        init(_ pair: EmbeddedPair) throws {
            let mirror = try Mirror(source: pair.source, target: pair.target, configuration: pair.configuration) { [events] in events.note($0) }
            self.mirror = mirror
            running = Task { try await mirror.run() }
        }

        var partitions: Set<TopicPartition> { Set(mirror.status.positions.keys) }

        func stop() async throws {
            running.cancel()
            try await running.value
        }

        /// As kill -9 would.
        func die() async {
            mirror.abandon()
            running.cancel()
            _ = try? await running.value
        }
    }

    private let partitions = (0..<4).map { TopicPartition(topic: "orders", partition: Int32($0)) }

    /// Writes while `body` runs; then waits until whatever was written is over, each record once and in order, with syncs that say so.
    private func underLoad(_ pair: EmbeddedPair, survivors: () -> [Process], _ body: () async throws -> Void) async throws {
        try await load(pair.source, partitions, atOnce: 40, EmbeddedPair.record, while: body)
        let ends = try await pair.source.logBounds(of: partitions).mapValues(\.end)
        try await eventually("all to be over") {
            survivors().reduce(into: [:]) { $0.merge($1.mirror.status.positions) { max($0, $1) } } == ends
        }
        for process in survivors() { try await process.stop() }
        let map = try await pair.syncs
        for partition in partitions {
            let originals = try await pair.log(partition, of: pair.source), copies = try await pair.copies(of: partition)
            #expect(originals.count > 100 && copies.map(\.record.timestamp) == originals.map(\.record.timestamp))
            #expect(copies.map(\.record) == originals.map(\.record))
            let end = LogBounds(start: 0, end: Int64(copies.count))
            let wrong = originals.filter {
                let translation = map.translate($0.offset, of: partition, target: end)
                return translation.position != $0.offset || translation.kind != .exact
            }
            #expect(wrong.isEmpty)
        }
    }

    @Test func tasksAreSharedAndTakenOverFromTheDead() async throws {
        let pair = try EmbeddedPair(partitions: 4, tasks: 2)
        var processes: [Process] = []
        try await underLoad(pair, survivors: { processes }) {
            processes.append(try Process(pair))
            try await eventually("the first to have all") { processes[0].partitions == Set(partitions) }
            processes.append(try Process(pair))
            try await eventually("each to have its share") {
                processes.allSatisfy { $0.partitions.count == 2 } && processes[0].partitions.isDisjoint(with: processes[1].partitions)
            }
            try await Task.sleep(for: .milliseconds(300))
            await processes.removeFirst().die()
            try await eventually("the other to have all") { processes[0].partitions == Set(partitions) }
            try await Task.sleep(for: .milliseconds(300))
            #expect(processes[0].events.contain("tasks 0, 1 of 2 are this process's"))
        }
    }

    @Test(arguments: [true, false])
    func aSecondStandsByAndTakesOver(dies: Bool) async throws {
        let pair = try EmbeddedPair(partitions: 4)
        var processes: [Process] = []
        try await underLoad(pair, survivors: { processes }) {
            processes.append(try Process(pair))
            try await eventually("the first to run") { processes[0].partitions == Set(partitions) }
            processes.append(try Process(pair))
            // The group decides which of them it is.
            try await eventually("one to stand by") {
                processes.map(\.partitions.count).sorted() == [0, 4] && processes.contains { $0.events.contain("standing by") }
            }
            let busy = try #require(processes.firstIndex { !$0.partitions.isEmpty })
            try await Task.sleep(for: .milliseconds(300))
            let first = processes.remove(at: busy)
            if dies { await first.die() } else { try await first.stop() }
            try await eventually("the other to have taken over") { processes[0].partitions == Set(partitions) }
        }
    }
}
