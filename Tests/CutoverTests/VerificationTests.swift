import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// Positions held against records, on in-memory clusters.
@Suite struct VerificationTests {
    let estate = Estate()
    let source = place("orders"), target = place("west.orders")

    private func record(_ number: Int, at timestamp: Int64? = nil) -> Record {
        Record(key: Array("k\(number % 5)".utf8), value: Array("v\(number)".utf8), timestamp: timestamp ?? Int64(1_000 + number))
    }

    /// Appends records of the source, and their copies after `shift` foreign ones.
    private func mirror(_ count: Int, copied: Int? = nil, shift: Int = 0) {
        estate.west.update { $0.log(source) { log in for number in 0..<count { log.append(record(number)) } } }
        estate.east.update {
            $0.log(target) { log in
                for number in 0..<shift { log.append(record(100_000 + number)) }
                for number in 0..<(copied ?? count) { log.append(record(number)) }
            }
        }
    }

    private func verify(
        _ sourceOffset: Int64, _ targetOffset: Int64?, hint: Int64? = nil, isActive: Bool = false, sourceLost: Bool = false,
        limits: RecordProof.Limits = .init()
    ) async throws -> PositionFinding {
        let pair = PositionPair(
            group: "g", source: source, sourceOffset: sourceOffset, target: target, targetOffset: targetOffset, hint: hint)
        let verifier = PositionVerifier(source: sourceLost ? nil : estate.west, target: estate.east, limits: limits)
        return try #require(try await verifier.verify([pair], activeGroups: isActive ? ["g"] : []).first)
    }

    @Test func aPositionAtItsCopyIsMatched() async throws {
        mirror(500, shift: 7)
        for offset in [Int64(0), 1, 250, 499, 500] {
            let finding = try await verify(offset, offset + 7)
            #expect(finding.verdict == .matched && !finding.isFailure, "\(finding)")
        }
        let middle = try await verify(250, 257).evidence
        #expect(middle.sourceNext == .init(offset: 250, timestamp: 1250) && middle.targetNext == .init(offset: 257, timestamp: 1250))
        #expect(middle.sourceBefore?.offset == 249 && middle.targetBefore?.offset == 256 && middle.copy == 257 && middle.uncopied == 0)
    }

    @Test(arguments: [1, 63, 64, 100, 1500]) func distancesAreCounted(_ distance: Int64) async throws {
        mirror(4_000, shift: 3)
        #expect(try await verify(2_000, 2_003 - distance).verdict == .behind(.init(distance)))
        let ahead = try await verify(2_000, 2_003 + distance)
        #expect(ahead.verdict == .ahead(.init(distance)) && ahead.isFailure)
        #expect(try await verify(2_000, 2_003 + distance, isActive: true).verdict == .movedOn(.init(distance)))
    }

    /// At the source's log end, some copies of the last records are read at first, and not all.
    @Test(arguments: [1, 64, 83, 127, 128, 1500]) func distancesFromTheLogEndAreCounted(_ distance: Int64) async throws {
        mirror(4_000, shift: 3)
        #expect(try await verify(4_000, 4_003 - distance).verdict == .behind(.init(distance)))
        #expect(try await verify(4_000, 4_003).verdict == .matched)
    }

    /// What lies between is not read then.
    @Test func aHintSavesTheWay() async throws {
        mirror(20_000)
        #expect(try await verify(15_000, 5_000, hint: 15_003).verdict == .behind(.init(10_000, .atMost)))
        #expect(estate.east.requests.count { $0.kind == .scan } == 1)
        // An alarm is only given when it is seen that the copies go on there: the mirror may have gone back.
        #expect(try await verify(5_000, 15_000, hint: 5_001).verdict == .ahead(.init(10_000)))
    }

    @Test func whatWasNotCopiedYetIsAtTheEnd() async throws {
        mirror(500, copied: 300, shift: 2)
        #expect(try await verify(300, 302).verdict == .matched)
        let waiting = try await verify(310, 302)
        #expect(waiting.verdict == .matched && waiting.evidence.uncopied > 0)
        #expect(try await verify(300, 300).verdict == .behind(.init(2)))
        // The whole distance, with nothing above the position copied to show it.
        #expect(try await verify(10, 302).verdict == .ahead(.init(290)))
        #expect(try await verify(500, 302).verdict == .matched)
    }

    @Test func holesMoveNothing() async throws {
        estate.west.update { contents in
            for number in 0..<100 {
                contents.append(record(number), to: source)
                contents.log(source) { $0.leaveHole(2) }
            }
        }
        estate.east.update { contents in
            for number in 0..<100 {
                contents.append(record(number), to: target)
                if number % 10 == 9 { contents.log(target) { $0.leaveHole(5) } }
            }
        }
        // Copy number 50 lies at 75; the hole before it is as good.
        for at in Int64(70)...75 { #expect(try await verify(148, at).verdict == .matched, "\(at)") }
        #expect(try await verify(148, 69).verdict == .behind(.init(1)))
        #expect(try await verify(150, 76).verdict == .ahead(.init(1)))
    }

    @Test func theLatestOfTwoCopiesCounts() async throws {
        mirror(100, copied: 60)
        // The mirror went back to 40.
        estate.east.update { contents in for number in 40..<100 { contents.append(record(number), to: target) } }
        #expect(try await verify(50, 70).verdict == .matched)
        #expect(try await verify(50, 50).verdict == .behind(.init(20)))
        #expect(try await verify(50, 71).verdict == .ahead(.init(1)))
        #expect(try await verify(30, 30).verdict == .matched)
        #expect(try await verify(50, 62, hint: 50).verdict == .behind(.init(8)))
    }

    /// First copies are near by, the latest beyond what is read at first.
    @Test func aMirrorThatWentBackIsNoAlarm() async throws {
        mirror(3_000, copied: 2_000)
        estate.east.update { $0.log(target) { log in for number in 1_000..<3_000 { log.append(record(number)) } } }
        #expect(try await verify(1_900, 2_500, hint: 1_900).verdict == .behind(.init(400)))
        #expect(try await verify(1_900, 2_900).verdict == .matched)
    }

    @Test func recordsThatAreAlikeSayNothing() async throws {
        let alike = Record(value: Array("ping".utf8), timestamp: 5)
        for (cluster, partition) in [(estate.west, source), (estate.east, target)] {
            cluster.update { contents in for _ in 0..<300 { contents.append(alike, to: partition) } }
        }
        for (s, t) in [(Int64(100), Int64(100)), (0, 0), (300, 300), (100, 90)] {
            let finding = try await verify(s, t)
            guard case .ambiguous = finding.verdict else { Issue.record("\(finding)"); continue }
            #expect(!finding.isFailure && finding.isOpen)
        }
    }

    /// As many copies as originals between two others: each has its own.
    @Test func aRunBetweenOthersIsCounted() async throws {
        let alike = Record(value: Array("ping".utf8), timestamp: 1_100)
        for (cluster, partition) in [(estate.west, source), (estate.east, target)] {
            cluster.update { contents in
                for number in 0..<100 { contents.append((40..<45).contains(number) ? alike : record(number), to: partition) }
            }
        }
        #expect(try await verify(42, 42).verdict == .matched)
        #expect(try await verify(42, 41).verdict == .behind(.init(1)))
        #expect(try await verify(42, 43).verdict == .ahead(.init(1)))
        // One more copy, and it could be any of them.
        let other = place("west.more")
        estate.east.update { contents in
            for number in 0..<100 {
                contents.append((40..<45).contains(number) ? alike : record(number), to: other)
                if number == 44 { contents.append(alike, to: other) }
            }
        }
        let verifier = PositionVerifier(source: estate.west, target: estate.east)
        let findings = try await verifier.verify([39, 43, 46, 47].map {
            PositionPair(group: "g", source: source, sourceOffset: 42, target: other, targetOffset: $0)
        })
        #expect(findings.map(\.verdict) == [.behind(.init(1, .atLeast)), .ambiguous(40...45), .ahead(.init(3)), .ahead(.init(4))])
    }

    @Test func withoutTimestampsOneRecordIsNotEnough() async throws {
        mirror(3000)
        estate.east.update { contents in contents.log(target) { $0.isLogAppendTime = true } }
        #expect(try await verify(1500, 1500).verdict == .matched)
        #expect(try await verify(1500, 1510).verdict == .ahead(.init(10)))
    }

    @Test func foreignRecordsAreNoCopies() async throws {
        mirror(200)
        let other = place("west.other")
        estate.east.update { contents in for number in 0..<200 { contents.append(record(number + 500), to: other) } }
        let pair = PositionPair(group: "g", source: source, sourceOffset: 100, target: other, targetOffset: 100)
        let finding = try #require(try await PositionVerifier(source: estate.west, target: estate.east).verify([pair]).first)
        #expect(finding.verdict == .notMatched(.noCopyNearby) && finding.isFailure)
        #expect(finding.evidence.sourceNext?.offset == 100 && finding.evidence.targetNext?.offset == 100)
    }

    @Test func whatCantBeReadIsSaid() async throws {
        mirror(200)
        #expect(try await verify(100, nil).verdict == .notReadable(.noCommit))
        #expect(try await verify(100, 100, sourceLost: true).verdict == .notReadable(.sourceLost))
        #expect(try await verify(201, 100).verdict == .notReadable(.beyondSourceLogEnd(200)))
        #expect(try await verify(100, 201).verdict == .notMatched(.beyondTargetLogEnd(200)))
        estate.west.update { contents in contents.log(source) { $0.deleteRecords(before: 120) } }
        #expect(try await verify(100, 100).verdict == .notReadable(.expiredOnSource(logStart: 120)))
        #expect(try await verify(100, 130).verdict == .ahead(.init(10, .atLeast)))
        estate.east.update { contents in contents.log(target) { $0.deleteRecords(before: 110) } }
        #expect(try await verify(150, 100).verdict == .notMatched(.belowTargetLogStart(110)))
        estate.east.update { contents in contents.deleteTopic(target.topic) }
        #expect(try await verify(150, 100).verdict == .notReadable(.targetMissing))
        estate.west.update { contents in contents.deleteTopic(source.topic) }
        estate.east.update { contents in _ = contents.append(record(1), to: target) }
        #expect(try await verify(150, 1).verdict == .notReadable(.sourceMissing))
    }

    @Test func emptyLogsHaveNothingToCompare() async throws {
        _ = estate.west.update { contents in contents.log(source) { $0 } }
        _ = estate.east.update { contents in contents.log(target) { $0 } }
        #expect(try await verify(0, 0).verdict == .notReadable(.noRecords))
    }

    @Test func limitsEndTheReadingNotTheAnswer() async throws {
        mirror(20_000)
        let limits = RecordProof.Limits(records: 1_000)
        #expect(try await verify(5_000, 5_000, limits: limits).verdict == .matched)
        guard case .notReadable(.stopped(let why)) = try await verify(15_000, 5_000, limits: limits).verdict else { return #expect(Bool(false)) }
        #expect(why.contains("1000 records"))
    }

    @Test func aThousandGroupsReadARangeOnce() async throws {
        mirror(5_000)
        let pairs = (0..<1_000).map {
            PositionPair(group: "g\($0)", source: source, sourceOffset: Int64(2_000 + $0), target: target, targetOffset: Int64(2_000 + $0))
        }
        // Both sides' ranges, each once, and a little around.
        let verifier = PositionVerifier(source: estate.west, target: estate.east, limits: .init(records: 2_400))
        #expect(try await verifier.verify(pairs).allSatisfy { $0.verdict == .matched })
    }

    /// Far from each other, one group's records must not speak for another's.
    @Test func groupsFarApartDontMixUp() async throws {
        mirror(30_000)
        let pairs = [(100, 5_000), (6_000, 6_000), (20_000, 30_000), (29_990, 29_980)].enumerated().map {
            PositionPair(group: "g\($0)", source: source, sourceOffset: $1.0, target: target, targetOffset: $1.1)
        }
        let findings = try await PositionVerifier(source: estate.west, target: estate.east).verify(pairs)
        #expect(findings.map(\.verdict) == [.ahead(.init(4_900)), .matched, .ahead(.init(10_000)), .behind(.init(10))])
    }
}
