import InMemoryKafka
import OffsetTranslate
import TestSupport
import Testing

/// Tier 2: links and mirrors at random, every position of each.
@Suite struct StrategyPropertyTests {
    /// A source with holes, and what copied it: a link at the same offsets, or a mirror that leaves none out and so shifts them.
    private struct World {
        let link: Link
        let preserves: Bool
        let end: Int64
        /// Source offset and target offset of every copy that is left.
        private(set) var copies: [(upstream: Int64, downstream: Int64)] = []

        init(_ seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            let preserves = Bool.random(using: &random), holes = Int.random(in: 0...3, using: &random)
            let source = (0..<Int.random(in: 1...250, using: &random)).map { number in
                Int.random(in: 0..<10, using: &random) < holes ? nil : number as Int?
            }
            let lag = Bool.random(using: &random) ? 0 : Int.random(in: 0...source.count, using: &random)
            let copied = Array(source.dropLast(lag))
            link = Link(source, preserves ? copied : copied.filter { $0 != nil })
            self.preserves = preserves
            end = Int64(source.count)
            // Compaction and retention, on either side for itself.
            let compacts = Bool.random(using: &random)
            for (cluster, partition) in [(link.west, link.source), (link.east, link.target)] {
                guard let log = cluster.contents[partition] else { continue }
                let start = Bool.random(using: &random) ? 0 : Int64.random(in: 0...log.bounds.end, using: &random)
                let gone = log.entries.map(\.offset).filter { _ in compacts && Int.random(in: 0..<4, using: &random) == 0 }
                cluster.update { contents in
                    contents.log(partition) { log in
                        for offset in gone { log.compact(offset) }
                        log.deleteRecords(before: start)
                    }
                }
            }
            let offsets = copied.enumerated().filter { preserves || $0.element != nil }
            for entry in link.east.contents[link.target]?.entries ?? [] {
                copies.append((Int64(offsets[Int(entry.offset)].offset), entry.offset))
            }
        }
    }

    @Test func whatIsProvenSkipsNothing() async throws {
        var proven = 0, refused = 0
        for seed in 0..<400 as Range<UInt64> {
            let world = World(seed)
            let questions = (0...world.end).map { TranslationQuestion(source: world.link.source, target: world.link.target, upstreamOffset: $0) }
            for (question, answer) in zip(questions, try await world.link.identity.translate(questions)) {
                if answer.reason == .offsetsNotPreserved {
                    #expect(!world.preserves, "seed \(seed): \(question.upstreamOffset)")
                    refused += 1
                }
                guard let position = answer.position, answer.kind != .estimate else { continue }
                let skipped = world.copies.filter { $0.upstream >= question.upstreamOffset && $0.downstream < position }
                #expect(skipped.isEmpty, "seed \(seed): \(question.upstreamOffset) -> \(answer)")
                guard answer.kind == .exactByProof else { continue }
                let again = world.copies.filter { $0.upstream < question.upstreamOffset && $0.downstream >= position }
                #expect(again.isEmpty, "seed \(seed): \(question.upstreamOffset) -> \(answer)")
                proven += 1
            }
        }
        #expect(proven > 5_000 && refused > 5_000)
    }

    /// Timestamps in order, on a target that still has all copies: then not even an estimate skips.
    @Test func timestampsInOrderSkipNothing() async throws {
        var answered = 0
        for seed in 1000..<1300 as Range<UInt64> {
            let world = World(seed)
            let bounds = try #require(world.link.east.contents[world.link.target]?.bounds)
            guard bounds.start == 0 else { continue }
            let questions = (0...world.end).map { TranslationQuestion(source: world.link.source, target: world.link.target, upstreamOffset: $0) }
            for (question, answer) in zip(questions, try await world.link.timestamp.translate(questions)) {
                guard let position = answer.position else { continue }
                // What compaction has taken from the source is nobody's to read any more.
                let wanted = Set(world.link.west.contents[world.link.source]?.entries.map(\.offset) ?? [])
                let skipped = world.copies.filter {
                    $0.upstream >= question.upstreamOffset && $0.downstream < position && wanted.contains($0.upstream)
                }
                #expect(skipped.isEmpty, "seed \(seed): \(question.upstreamOffset) -> \(answer)")
                answered += 1
            }
        }
        #expect(answered > 5_000)
    }
}
