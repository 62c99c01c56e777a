import InMemoryKafka
import OffsetTranslate
import Testing

/// Tier 2: offset-preserving links, right ones and wrong ones.
@Suite struct IdentityStrategyTests {
    @Test func equalRecordsProveTheOffset() async throws {
        let link = Link(0..<100, 0..<100)
        let answers = try await link.ask(link.identity, 0, 50, 99, 100)
        #expect(answers.map(\.position) == [0, 50, 99, 100])
        #expect(answers.allSatisfy { $0.kind == .exactByProof && $0.maxReplay == 0 && $0.evidence.rule == .records && $0.warnings.isEmpty })
    }

    @Test func aLinkThatIsNoneIsFoundOut() async throws {
        // The first record was not copied: every offset is one off.
        let link = Link(0..<100, 1..<100)
        #expect(try await link.ask(link.identity, 0, 50, 98, 99, 100).allSatisfy { $0.kind == .unknown(.offsetsNotPreserved) })
    }

    @Test func aLinkThatBreaksIsFoundOut() async throws {
        // 100 was copied twice.
        let link = Link(0..<200, (0..<101).numbers + (100..<200).numbers)
        #expect(try await link.ask(link.identity, 10, 100, 101, 180).allSatisfy { $0.kind == .unknown(.offsetsNotPreserved) })
    }

    /// Near the position both logs are alike; what was copied twice lies above all that is compared there.
    @Test func aMirrorThatHasCopiedTwiceFarAboveIsNoLink() async throws {
        let link = Link(0..<1000, (0..<700).numbers + (400..<1000).numbers)
        #expect(try await link.ask(link.identity, 10, 450, 1000).allSatisfy { $0.kind == .unknown(.offsetsNotPreserved) })
        // Still on its way, and not as far as the source.
        let behind = Link(0..<1000, (0..<700).numbers + (400..<500).numbers)
        #expect(try await behind.ask(behind.identity, 10).first?.kind == .unknown(.offsetsNotPreserved))
    }

    /// Groups may follow after those who write have moved.
    @Test func whatOthersWroteBehindTheSourcesEndDoesNotMatter() async throws {
        let link = Link(0..<300, (0..<300).numbers + (5000..<5100).numbers)
        #expect(try await link.ask(link.identity, 10, 300).map(\.kind) == [.exactByProof, .exactByProof])
    }

    @Test(arguments: ["key", "value", "header", "timestamp"]) func everyPartOfARecordCounts(_ part: String) async throws {
        let link = Link(0..<10, 0..<9)
        link.east.update { [target = link.target] in
            var record = Link.record(9)
            switch part {
            case "key": record.key = nil
            case "value": record.value = nil
            case "header": record.headers = [Header(name: "n", value: [])]
            default: record.timestamp = 91
            }
            $0.append(record, to: target)
        }
        #expect(try await link.ask(link.identity, 5).first?.kind == .unknown(.offsetsNotPreserved))
    }

    @Test func logAppendTimesAreNotCompared() async throws {
        let link = Link(0..<10, 0..<0)
        link.east.update { [target = link.target] in
            for number in 0..<10 {
                var record = Link.record(number)
                record.timestamp = 7_000_000
                $0.append(record, to: target)
            }
            $0.log(target) { $0.isLogAppendTime = true }
        }
        #expect(try await link.ask(link.identity, 5).first?.kind == .exactByProof)
    }

    @Test func whatIsNotCopiedYetIsReadAgain() async throws {
        let link = Link(0..<100, 0..<80)
        let answers = try await link.ask(link.identity, 80, 95)
        #expect(answers[0].kind == .exactByProof && answers[0].position == 80)
        #expect(answers[1].kind == .bounded && answers[1].position == 80 && answers[1].high == 95 && answers[1].maxReplay == 15)
        #expect(answers[1].warnings == [.notYetCopied(by: 15)])
        // And on a wrong link, the log end is no answer: records at and above 95 lie below it.
        let wrong = Link(0..<100, 10..<90)
        #expect(try await wrong.ask(wrong.identity, 95).first?.kind == .unknown(.offsetsNotPreserved))
    }

    @Test func anEmptyTargetHasOnePosition() async throws {
        let link = Link(0..<10, 0..<0)
        let answers = try await link.ask(link.identity, 0, 5)
        #expect(answers[0].kind == .exact && answers[0].position == 0)
        #expect(answers[1].kind == .bounded && answers[1].position == 0 && answers[1].high == nil && answers[1].warnings == [.notYetCopied(by: 5)])
        let bothEmpty = Link(0..<0, 0..<0)
        #expect(try await bothEmpty.ask(bothEmpty.identity, 0).first?.position == 0)
    }

    @Test func retentionOnTheTargetIsSaid() async throws {
        let link = Link(0..<100, 0..<100)
        link.east.update { [target = link.target] in $0.log(target) { $0.deleteRecords(before: 40) } }
        let answers = try await link.ask(link.identity, 10, 40, 60)
        #expect(answers.map(\.position) == [40, 40, 60] && answers.allSatisfy { $0.kind == .exactByProof })
        #expect(answers.map(\.warnings) == [[.expiredOnTarget(lost: 30)], [], []])
    }

    @Test func whatTheSourceHasLostIsComparedFromWhereItBegins() async throws {
        let link = Link(0..<100, 0..<100)
        link.west.update { [source = link.source] in $0.log(source) { $0.deleteRecords(before: 50) } }
        let answer = try #require(try await link.ask(link.identity, 20).first)
        #expect(answer.position == 20 && answer.kind == .estimate && answer.low == nil && answer.warnings == [.notComparable(below: 50)])
        #expect(try await link.ask(link.identity, 50).first?.kind == .exactByProof)
        link.west.update { [source = link.source] in $0.log(source) { $0.deleteRecords(before: 100) } }
        #expect(try await link.ask(link.identity, 20, 100).allSatisfy { $0.kind == .unknown(.nothingToCompare) })
    }

    @Test func compactedOffsetsSayNothing() async throws {
        let holes = (0..<3000).map { $0 == 0 || $0 >= 2990 ? $0 : nil as Int? }
        let link = Link(holes, holes)
        #expect(try await link.ask(link.identity, 1500).first?.kind == .exactByProof)
        // One side has compacted more than the other.
        let uneven = Link(0..<100, (0..<100).map { $0 % 3 == 0 ? nil : $0 as Int? })
        #expect(try await uneven.ask(uneven.identity, 51).first?.kind == .exactByProof)
    }

    @Test func recordsThatAreAllAlikeProveNothing() async throws {
        let same = Array(repeating: 7 as Int?, count: 300)
        let link = Link(same, Array(same.dropFirst()))
        #expect(try await link.ask(link.identity, 150, 299).allSatisfy { $0.kind == .unknown(.recordsAlike) })
    }

    @Test func offsetsThatCannotBe() async throws {
        let link = Link(0..<10, 0..<10)
        #expect(try await link.ask(link.identity, .min, -1, 11, .max).map(\.answer) == ["0", "0", "beyondSourceLogEnd", "beyondSourceLogEnd"])
        let elsewhere = TopicPartition(topic: "elsewhere", partition: 3)
        let answers = try await link.identity.translate([
            .init(source: elsewhere, target: link.target, upstreamOffset: 1), .init(source: link.source, target: elsewhere, upstreamOffset: 1),
        ])
        #expect(answers.map(\.reason) == [.sourceMissing, .targetMissing])
    }

    @Test func manyQuestionsTakeFewScans() async throws {
        let link = Link(0..<500, 0..<500)
        let questions = (0..<500).map { TranslationQuestion(source: link.source, target: link.target, upstreamOffset: Int64($0)) }
        let answers = try await link.identity.translate(questions)
        #expect(answers.map(\.position) == (0..<500).map { Int64($0) })
        #expect(link.west.requests.count { $0.kind == .scan } == 1 && link.east.requests.count { $0.kind == .scan } == 1)
    }

    @Test func farPlacesOfOnePartitionTakeOneScan() async throws {
        let link = Link(0..<5000, 0..<5000)
        #expect(try await link.ask(link.identity, 4000, 100).map(\.position) == [4000, 100])
        #expect(link.east.requests.count { $0.kind == .scan } == 1)
    }

    @Test func aDeadClusterIsAnError() async throws {
        let link = Link(0..<10, 0..<10)
        link.west.goDown()
        await #expect(throws: KafkaError.self) { try await link.ask(link.identity, 5) }
    }
}
