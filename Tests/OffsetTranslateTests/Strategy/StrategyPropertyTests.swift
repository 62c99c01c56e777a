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

    /// Times in disorder, equal records, a mirror that goes back: with all copies there, the estimate skips nothing, and records
    /// bring it nearer.
    @Test func recordsBringEstimatesNearer() async throws {
        var nearer = 0, right = 0
        for seed in 2000..<2200 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let kinds = [3, 20, 1000].randomElement(using: &random) ?? 3
            let link = Link([], [])
            let count = Int.random(in: 1...120, using: &random)
            let source = (0..<count).map { _ in Int.random(in: 0..<8, using: &random) == 0 ? nil : Int.random(in: 0..<kinds, using: &random) as Int? }
            // Of equal records the times are equal, and in no order.
            @Sendable func record(_ number: Int) -> Record {
                Record(key: nil, value: [UInt8(number % 256), UInt8(number / 256)], timestamp: Int64(number * 7919 % 13))
            }
            let aborted = Set(source.indices.filter { _ in Int.random(in: 0..<10, using: &random) == 0 })
            for (offset, number) in source.enumerated() {
                link.west.update { contents in
                    contents.log(link.source) { log in
                        guard let number else { return log.leaveHole() }
                        log.append(record(number), isAborted: aborted.contains(offset))
                    }
                }
            }
            let copiesAborted = Bool.random(using: &random)
            var latest: [Int64: Int64] = [:], next = 0, copied: Int64 = 0
            for _ in 0..<Int.random(in: 0...200, using: &random) where next < count {
                if let number = source[next], copiesAborted || !aborted.contains(next) {
                    link.east.update { contents in contents.log(link.target) { log in _ = log.append(record(number)) } }
                    latest[Int64(next)] = copied
                    copied += 1
                }
                next = Int.random(in: 0..<40, using: &random) == 0 ? Int.random(in: 0...next, using: &random) : next + 1
            }
            let questions = (0...count).map { TranslationQuestion(source: link.source, target: link.target, upstreamOffset: Int64($0)) }
            let answers = zip(try await link.byTimeAlone.translate(questions), try await link.timestamp.translate(questions))
            for (question, (byTime, byRecords)) in zip(questions, answers) {
                guard let before = byTime.position, let position = byRecords.position else { continue }
                let truth = latest.filter { $0.key >= question.upstreamOffset }.values.min() ?? copied
                #expect(before <= position && position <= truth, "seed \(seed): \(question.upstreamOffset) -> \(byRecords), not \(truth)")
                nearer += before < position ? 1 : 0
                right += position == truth ? 1 : 0
            }
        }
        #expect(nearer > 2_000 && right > 2_000, "\(nearer) \(right)")
    }
}
