import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import TestSupport
import Testing

/// Any position in random histories, against the whole of both logs.
@Suite struct VerificationPropertyTests {
    private struct Truth {
        var skipped: Int
        /// Records up to the first copy of something wanted.
        var reread: Int
        /// Something wanted, or something before it, has a copy.
        var hasCopies: Bool

        init(_ world: World, _ source: Int64, _ target: Int64) {
            let wanted = world.source.filter { $0.offset >= source }
            let places = wanted.compactMap { original in world.target.last { $0.content == original.content }?.offset }
            skipped = places.count { $0 < target }
            let before = world.source.filter { $0.offset < source }
                .compactMap { original in world.target.last { $0.content == original.content }?.offset }
            let end = places.min() ?? before.max().map { $0 + 1 } ?? target
            reread = world.target.count { $0.offset >= target && $0.offset < end }
            hasCopies = !places.isEmpty || !before.isEmpty
        }
    }

    private func clusters(_ world: World) -> (InMemoryCluster, InMemoryCluster) {
        let clusters = (InMemoryCluster("west"), InMemoryCluster("east"))
        func fill(_ cluster: InMemoryCluster, _ entries: [Entry], _ end: Int64) {
            cluster.update {
                $0.log(place("t")) { log in
                    for entry in entries {
                        log.extend(to: entry.offset)
                        log.append(entry.record)
                    }
                    log.extend(to: end)
                }
            }
        }
        fill(clusters.0, world.source, 0)
        fill(clusters.1, world.target, world.end)
        return clusters
    }

    private func pairs(_ world: World, _ random: inout SeededGenerator) -> [PositionPair] {
        let end = (world.source.last?.offset ?? -1) + 1
        return (0..<8).map {
            PositionPair(
                group: "g\($0)", source: place("t"), sourceOffset: Int64.random(in: 0...end, using: &random), target: place("t"),
                targetOffset: Int64.random(in: 0...world.end, using: &random))
        }
    }

    @Test func allThatIsReadIsToldExactly() async throws {
        var kinds: [String: Int] = [:]
        for seed in 0..<300 as Range<UInt64> {
            let world = World(seed: seed), (west, east) = clusters(world)
            var random = SeededGenerator(seed: seed)
            for finding in try await PositionVerifier(source: west, target: east).verify(pairs(world, &random)) {
                let truth = Truth(world, finding.position.sourceOffset, finding.position.targetOffset ?? 0)
                switch finding.verdict {
                case .matched: #expect(truth.skipped == 0 && truth.reread == 0, "seed \(seed) \(finding)")
                case .behind(let count): #expect(truth.skipped == 0 && truth.reread == count.records && count.precision == .exact, "seed \(seed) \(finding) \(truth)")
                case .ahead(let count): #expect(truth.skipped == count.records && count.precision == .exact, "seed \(seed) \(finding) \(truth)")
                default: #expect(!truth.hasCopies || world.source.isEmpty || world.target.isEmpty, "seed \(seed) \(finding) \(truth)")
                }
                kinds[String("\(finding.verdict)".prefix(5)), default: 0] += 1
            }
        }
        #expect(["match", "behin", "ahead"].allSatisfy { kinds[$0] ?? 0 > 50 }, "\(kinds)")
    }

    /// Of a mirror that copied in order, however little is read: records that were lost on the way, and others' records, hide nothing.
    @Test func littleReadingHidesNothing() async throws {
        var told = 0, silent = 0
        for seed in 0..<600 as Range<UInt64> {
            let world = World(seed: seed, inOrder: true), (west, east) = clusters(world)
            var random = SeededGenerator(seed: seed)
            var verifier = PositionVerifier(source: west, target: east)
            verifier.reaches = [2, 8, 100]
            for finding in try await verifier.verify(pairs(world, &random)) {
                let truth = Truth(world, finding.position.sourceOffset, finding.position.targetOffset ?? 0)
                switch finding.verdict {
                case .matched, .behind, .ambiguous: #expect(truth.skipped == 0, "seed \(seed) \(finding) \(truth)")
                case .ahead(let count):
                    told += 1
                    #expect(truth.skipped > 0 && (count.precision != .atLeast || truth.skipped >= count.records), "seed \(seed) \(finding) \(truth)")
                default: silent += 1
                }
            }
        }
        #expect(told > 1000 && silent < 600, "\(told) \(silent)")
    }
}
