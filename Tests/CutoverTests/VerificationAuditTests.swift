import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import TestSupport
import Testing

/// A record with an offset and a content.
struct Entry: Hashable {
    var offset: Int64
    var content: Int

    /// Contents from a thousand on are nobody's copy.
    var record: Record { Record(key: [1], value: Array("\(content)".utf8), timestamp: Int64(content)) }

    var audited: AuditRecord {
        var audited: AuditRecord?
        MessageView.lend(ConsumedRecord(topicPartition: place("t"), offset: offset, record: record)) { audited = AuditRecord($0) }
        return audited!
    }
}

/// What a mirror may have made of a log.
struct World {
    var source: [Entry] = []
    var target: [Entry] = []
    private(set) var end: Int64 = 0

    /// - Parameters:
    ///   - contents: How many different ones there are; `nil`: no two records are alike.
    ///   - inOrder: Each is copied at most once.
    init(seed: UInt64, contents: Int? = nil, inOrder: Bool = false) {
        var random = SeededGenerator(seed: seed)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        var offset: Int64 = 0
        for number in 0..<Int.random(in: 0...60, using: &random) {
            if chance(10) { offset += Int64.random(in: 1...3, using: &random) }
            source.append(Entry(offset: offset, content: contents.map { Int.random(in: 0..<$0, using: &random) } ?? number))
            offset += 1
        }
        var stranger = 1000, next = 0
        let copied = source.count - (chance(40) && !source.isEmpty ? Int.random(in: 0...min(5, source.count), using: &random) : 0)
        while next < copied {
            if chance(5) {
                add(stranger)
                stranger += 1
            }
            switch Int.random(in: 0..<100, using: &random) {
            case ..<4: break
            case ..<8: end += 1
            case ..<12:
                add(stranger)
                stranger += 1
            case ..<16 where next + 1 < copied && !inOrder:
                add(source[next + 1].content)
                add(source[next].content)
                next += 1
            case ..<20 where !inOrder:
                add(source[next].content)
                next -= min(next, Int.random(in: 0...10, using: &random))
            case ..<24:
                end += Int64.random(in: 1...2, using: &random)
                add(source[next].content)
            default: add(source[next].content)
            }
            next += 1
        }
    }

    private mutating func add(_ content: Int) {
        target.append(Entry(offset: end, content: content))
        end += 1
    }

    /// As a reader with both logs in its hands would say, by looking everything up. No two originals are alike.
    var expected: AuditFindings {
        var findings = AuditFindings()
        findings.originals = Int64(source.count)
        findings.copies = Int64(target.count)
        let first = source.map { original in target.firstIndex { $0.content == original.content } }
        let strangers = target.indices.filter { copy in !source.contains { $0.content == target[copy].content } }
        let matched = source.indices.filter { first[$0] != nil }
        findings.matched = Int64(matched.count)
        findings.doubled.count = Int64(target.count - strangers.count - matched.count)
        guard let highest = matched.last else {
            if target.isEmpty { findings.notYetCopied = Int64(source.count) } else { findings.outsideOnSource = Int64(source.count) }
            findings.outsideOnTarget = Int64(strangers.count)
            return findings
        }
        findings.compared = source[matched[0]].offset...source[highest].offset
        let late = matched.filter { early in matched.contains { $0 > early && first[$0]! < first[early]! } }
        findings.outOfOrder.count = Int64(late.count)
        findings.notYetCopied = Int64(source.count - 1 - highest)
        var before = -1, missing = Set((0..<highest).filter { first[$0] == nil }), seen: Set<Int> = []
        for mark in matched where !late.contains(mark) {
            let copy = first[mark]!, previous = before < 0 ? -1 : first[before]!
            // What had no copy when this one came.
            let gap = ((before + 1)..<mark).filter { first[$0] == nil || first[$0]! > copy }
            let others = strangers.filter { $0 > previous && $0 < copy }
            seen.formUnion(others)
            let holes = target[copy].offset - (previous < 0 ? -1 : target[previous].offset) - Int64(copy - previous)
            let sourceHoles = source[mark].offset - (before < 0 ? -1 : source[before].offset) - Int64(mark - before)
            let gone = gap.filter(missing.contains)
            if holes >= gap.count {
                findings.compactedOnTarget.count += Int64(gone.count)
                missing.subtract(gone)
            }
            if sourceHoles >= others.count {
                findings.compactedOnSource.count += Int64(others.count)
            } else if holes < gap.count, gap.count == others.count {
                findings.different.count += Int64(gone.count)
                findings.foreign.count += Int64(others.count - gone.count)
                missing.subtract(gone)
            } else {
                findings.foreign.count += Int64(others.count)
            }
            before = mark
        }
        findings.missing.count = Int64(missing.count)
        findings.foreign.count += Int64(strangers.count { !seen.contains($0) })
        return findings
    }

    func audit(window: Int) -> AuditFindings {
        var audit = LogAudit(window: window, keepsTimestamps: true, beginsAtZero: true), fed = 0
        for copy in target {
            while audit.needsOriginals, fed < source.count {
                audit.original(source[fed].audited)
                fed += 1
            }
            audit.copy(copy.audited)
        }
        for original in source[fed...] { audit.original(original.audited) }
        return audit.finish(endsWithSource: true, endsWithTarget: true)
    }
}

extension AuditFindings {
    fileprivate var withoutExamples: AuditFindings {
        var findings = self
        for tally in [\AuditFindings.missing, \.doubled, \.different, \.outOfOrder, \.foreign, \.compactedOnTarget, \.compactedOnSource] {
            findings[keyPath: tally].examples = []
        }
        return findings
    }

    /// Each record is counted once.
    fileprivate var addsUp: Bool {
        originals == matched + missing.count + different.count + compactedOnTarget.count + notYetCopied + outsideOnSource
            && copies == matched + doubled.count + foreign.count + different.count + compactedOnSource.count + outsideOnTarget
    }
}

@Suite struct VerificationAuditTests {
    @Test func randomHistoriesAreToldAsByLookingEverythingUp() {
        var kinds: Set<String> = []
        for seed in 0..<1_500 as Range<UInt64> {
            let world = World(seed: seed), found = world.audit(window: 200), expected = world.expected
            #expect(found.withoutExamples == expected, "seed \(seed)")
            #expect(found.addsUp, "seed \(seed)")
            if found.missing.count > 0 { kinds.insert("missing") }
            if found.different.count > 0 { kinds.insert("different") }
            if found.outOfOrder.count > 0 { kinds.insert("out of order") }
            if found.compactedOnTarget.count > 0 { kinds.insert("compacted") }
            if found.compactedOnSource.count > 0 { kinds.insert("compacted on the source") }
            if found.verdict == .same { kinds.insert("same") }
            if found.notYetCopied > 0 { kinds.insert("not yet") }
        }
        #expect(kinds.count == 7, "\(kinds)")
    }

    /// The oracle of contents: of each, as many are matched as both sides have.
    @Test func recordsThatAreAlikeAreCounted() {
        for seed in 0..<500 as Range<UInt64> {
            let world = World(seed: seed, contents: 4), found = world.audit(window: 200)
            let originals = Dictionary(grouping: world.source, by: \.content).mapValues(\.count)
            let copies = Dictionary(grouping: world.target, by: \.content).mapValues(\.count)
            #expect(found.matched == originals.reduce(0) { $0 + Int64(min($1.value, copies[$1.key] ?? 0)) }, "seed \(seed)")
            #expect(found.addsUp, "seed \(seed)")
        }
    }

    /// What lies beyond the window is missed, never miscounted.
    @Test func smallWindowsAddUp() {
        for seed in 0..<500 as Range<UInt64> {
            for window in [1, 3, 8] {
                let world = World(seed: seed, contents: seed % 2 == 0 ? 10 : nil), found = world.audit(window: window)
                #expect(found.addsUp && found.originals == world.source.count && found.copies == world.target.count, "seed \(seed) \(window)")
            }
        }
    }

    // MARK: On clusters

    let estate = Estate()
    let source = place("orders"), target = place("west.orders")

    private func fill(_ cluster: InMemoryCluster, _ partition: Place, _ contents: some Sequence<Int> & Sendable) {
        cluster.update {
            $0.log(partition) { log in
                for content in contents { log.append(Entry(offset: 0, content: content).record) }
            }
        }
    }

    private func audit(_ stretch: LogAuditor.Stretch = .all, limits: RecordProof.Limits = .init()) async throws -> AuditFindings {
        let auditor = LogAuditor(source: estate.west, target: estate.east, window: 100, limits: limits)
        return try #require(try await auditor.audit([.init(source: source, target: target, stretch: stretch)]).first)
    }

    @Test func aFaithfulCopyIsTheSame() async throws {
        fill(estate.west, source, 0..<300)
        fill(estate.east, target, 0..<280)
        let found = try await audit()
        #expect(found.verdict == .same && found.matched == 280 && found.notYetCopied == 20 && found.compared == 0...279 && !found.isFailure)
    }

    @Test func whatIsWrongIsNamed() async throws {
        fill(estate.west, source, 0..<300)
        fill(estate.east, target, Array(0..<50) + Array(51..<100) + [2000] + Array(101..<150) + [151, 150] + Array(152..<200) + Array(180..<300))
        let found = try await audit()
        #expect(found.verdict == .broken && found.isFailure)
        #expect(found.missing.examples == [.init(source: 50, timestamp: 50)])
        #expect(found.different.examples == [.init(source: 100, target: 99, timestamp: 100)])
        #expect(found.outOfOrder.examples == [.init(source: 150, target: 150, timestamp: 150)])
        #expect(found.doubled.count == 20 && found.doubled.examples.first == .init(source: 180, target: 199, timestamp: 180))
    }

    /// Retention takes the two sides' beginnings apart by more than a window.
    @Test(arguments: [(700, 0), (0, 700), (300, 500)]) func retentionIsNotLoss(_ onSource: Int, _ onTarget: Int) async throws {
        fill(estate.west, source, 0..<1000)
        fill(estate.east, target, 0..<1000)
        estate.west.update { $0.log(source) { $0.deleteRecords(before: Int64(onSource)) } }
        estate.east.update { $0.log(target) { $0.deleteRecords(before: Int64(onTarget)) } }
        let found = try await audit(), first = max(onSource, onTarget)
        #expect(found.verdict == .same && found.matched == 1000 - first && found.compared == Int64(first)...999, "\(found)")
        #expect(found.outsideOnSource == first - onSource && found.outsideOnTarget == first - onTarget)
    }

    @Test func stretchesAreComparedAlone() async throws {
        fill(estate.west, source, 0..<1000)
        fill(estate.east, target, Array(5000..<5010) + Array(0..<500) + Array(501..<990))
        let last = try await audit(.last(100))
        #expect(last.verdict == .same && last.originals == 100 && last.matched == 90 && last.notYetCopied == 10, "\(last)")
        let middle = try await audit(.source(from: 400, to: 600))
        #expect(middle.missing.count == 1 && middle.missing.examples.first?.source == 500 && middle.compared == 400...599, "\(middle)")
        #expect(middle.foreign.count == 0 && middle.originals == 200)
        #expect(try await audit(.source(from: 501, to: nil)).verdict == .same)
    }

    @Test func strangersHaveNothingInCommon() async throws {
        fill(estate.west, source, 0..<100)
        fill(estate.east, target, 500..<600)
        let found = try await audit()
        #expect(found.verdict == .unrelated && found.isFailure && found.matched == 0)
        estate.east.update { $0.recreateTopic(target.topic) }
        #expect(try await audit().verdict == .nothingToCompare)
    }

    @Test func whatEndsTheReadingIsSaid() async throws {
        fill(estate.west, source, 0..<100)
        fill(estate.east, target, 0..<100)
        let limited = try await audit(limits: .init(records: 50))
        #expect(limited.verdict == .unfinished && limited.obstacle?.contains("50 records") == true && !limited.isFailure)
        estate.east.update { $0.deleteTopic(target.topic) }
        #expect(try await audit().obstacle?.contains("'east' has no such partition") == true)
    }

    /// Records whose time the brokers set, on one side.
    @Test func timesOfAppendingAreNoDifference() async throws {
        fill(estate.west, source, 0..<100)
        fill(estate.east, target, 0..<100)
        estate.east.update { $0.log(target) { $0.isLogAppendTime = true } }
        #expect(try await audit().verdict == .same)
    }
}
