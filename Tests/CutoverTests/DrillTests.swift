@testable import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// Scorecards of drills in hand-made estates.
@Suite struct DrillTests {
    @Test func shadowsStandInForTheGroupsAndLeave() async throws {
        let estate = try DrillEstate()
        let report = try await estate.run()
        #expect(report.interruption == nil && report.positions.count == 4, "\(report)")
        #expect(report.positions.allSatisfy { $0.finding.verdict == .matched }, "\(report.positions.map(\.finding))")
        #expect(report.outcomes.map(\.group) == ["billing", "search"].map(ShadowGroups(of: report.id).name) && report.outcomes.allSatisfy(\.succeeded))
        #expect(report.readings.map(\.records) == [140, 90] && report.readings.allSatisfy { $0.problems.isEmpty && $0.firstAnswer != nil })
        #expect(report.recoveryTime != nil && report.recordsNotCopied == 0 && report.reRead == .init(0))
        #expect(report.verdict() == .init(), "\(report.verdict())")
        try estate.checkNothingIsLeft("clean")
        // Each request that changes something names a shadow.
        for request in estate.cluster.requests where [.commit, .deleteOffsets].contains(request.kind) {
            #expect(request.group.flatMap(ShadowGroups(of: report.id).group) != nil, "\(request)")
        }
        let history = try estate.journal.history
        #expect(history.shadows?.keys.sorted() == report.outcomes.map(\.group) && history.succeeded == true && history.rollbacks == 1)
    }

    /// The group went on after the last checkpoint: that is what a failover reads again.
    @Test func commitsBehindTheLastCheckpointAreReadAgain() async throws {
        let estate = try DrillEstate()
        estate.estate.commitOnSource("billing", estate.orders, 130)
        let report = try await estate.run()
        let position = try #require(report.positions.first { $0.finding.position.group == "billing" && $0.finding.position.source == estate.orders })
        #expect(position.finding.verdict == .behind(.init(30)) && position.staleness == 30 && report.reRead == .init(30))
        #expect(report.verdict() == .init())
        #expect(report.verdict(DrillLimits(reRead: 29)).failures.count == 1 && report.verdict(DrillLimits(reRead: 30)) == .init())
    }

    /// It was set back on the source: its checkpoint would skip.
    @Test func aPositionAheadIsAnAlarm() async throws {
        let estate = try DrillEstate()
        estate.estate.commitOnSource("search", estate.more, 60)
        let report = try await estate.run()
        #expect(report.positions.filter(\.finding.isFailure).map(\.finding.verdict) == [.ahead(.init(100))])
        #expect(report.verdict().failures.count == 1)
        try estate.checkNothingIsLeft("ahead")
    }

    @Test func whatNobodyCheckpointedIsLost() async throws {
        let estate = try DrillEstate()
        estate.estate.commitOnSource("search", place("stock"), 5)
        estate.estate.mirror(place("stock"), upTo: 10, copiedTo: 10)
        let report = try await estate.run()
        #expect(report.positions.filter(\.isLost).map(\.finding.position.source) == [place("stock")])
        #expect(report.verdict().failures.count == 1, "\(report.verdict())")
    }

    @Test func recordsThatWereNotCopiedAreCounted() async throws {
        let estate = try DrillEstate()
        for number in 200..<207 { estate.append(number, estate.orders, copied: false) }
        let report = try await estate.run()
        #expect(report.recordsNotCopied == 7 && report.lags.map(\.records) == [7, 0])
        #expect(report.lags.first?.age ?? .zero > .seconds(1_000))
        #expect(report.verdict(DrillLimits(notCopied: 7)) == .init() && report.verdict(DrillLimits(notCopied: 6)).failures.count == 1)
    }

    @Test func withoutTheSourceNothingIsVerified() async throws {
        let estate = try DrillEstate()
        let report = try await estate.run(sourceLost: true)
        #expect(report.positions.count == 4 && report.positions.allSatisfy { $0.finding.verdict == .notReadable(.sourceLost) })
        #expect(report.verdict().failures.isEmpty && report.verdict().open.count == 1 && report.recoveryTime != nil)
        #expect(report.reReadNotTold == (4, 0) && report.stockReRead.records == nil)
        try estate.checkNothingIsLeft("source lost")
    }

    /// Brokers that give a group another record than its position says, or none.
    @Test(arguments: [true, false]) func aGroupThatDoesNotGoOnFails(isSilent: Bool) async throws {
        struct Reader: ShadowReader {
            let isSilent: Bool
            func read(_ group: String, at positions: [TopicPartition: Int64]) async throws -> ShadowReading {
                guard isSilent else { throw KafkaError(.groupAuthorizationFailed, "join", cluster: "east", group: group) }
                var reading = ShadowReading(group: group)
                reading.problems = ["no answer"]
                return reading
            }
        }
        let estate = try DrillEstate()
        let report = try await estate.run(reader: Reader(isSilent: isSilent))
        #expect(report.interruption == nil && report.recoveryTime == nil && report.verdict().failures.count == 2, "\(report.verdict())")
        #expect(report.verdict(DrillLimits(recoveryTime: .seconds(60))).open.count == 1)
        try estate.checkNothingIsLeft("silent")
    }

    /// Not where it was committed any more, or outside of its log.
    @Test func readingFindsAPositionThatIsGone() async throws {
        let estate = try DrillEstate(), reader = LogShadowReader(estate.cluster)
        estate.cluster.update {
            $0.commit(100, DrillEstate.copy, by: "shadow")
            $0.log(DrillEstate.copy) { $0.deleteRecords(before: 150) }
        }
        #expect(try await reader.read("shadow", at: [DrillEstate.copy: 100]).problems.first?.contains("outside of its log") == true)
        #expect(try await reader.read("shadow", at: [DrillEstate.copy: 99]).problems.first?.contains("committed at 99, and 100 now") == true)
        estate.cluster.update { $0.commit(200, DrillEstate.copy, by: "shadow") }
        let atEnd = try await reader.read("shadow", at: [DrillEstate.copy: 200])
        #expect(atEnd.problems.isEmpty && atEnd.records == 0 && atEnd.atEnd == 1 && atEnd.firstAnswer != nil)
    }

    /// What would have been refused is told, and not obeyed; the real group's members are left alone.
    @Test func checksAreToldAndNotObeyed() async throws {
        let estate = try DrillEstate()
        estate.cluster.update { $0.activate("billing", members: 2) }
        let report = try await estate.run()
        #expect(report.refusals.map(\.kind) == [.groupActiveOnTarget] && report.outcomes.allSatisfy(\.succeeded))
        #expect(report.verdict().failures.count == 1)
        #expect(estate.cluster.contents.groups["billing"]?.memberCount == 2)
    }

    @Test func aSwitchoverIsRehearsedFromTheCommits() async throws {
        let estate = try DrillEstate()
        estate.estate.commitOnSource("billing", estate.orders, 130)
        let report = try await estate.run(switchover: true)
        #expect(report.plan.mode == .switchover && report.positions.allSatisfy { $0.finding.verdict == .matched && $0.staleness == 0 })
        #expect(report.verdict() == .init(), "\(report.verdict())")
    }

    /// Brokers that can't remove commits: the drill says what stays.
    @Test func whatCanNotBeCleanedUpIsTold() async throws {
        let estate = try DrillEstate()
        estate.cluster.update { $0.unsupported = [.deleteOffsets] }
        let report = try await estate.run()
        #expect(report.remaining.map(\.shadow) == report.outcomes.map(\.group))
        #expect(report.verdict().failures.isEmpty && report.verdict().open.count == 2)
        #expect(try estate.journal.history.succeeded == false)
        // Once they can, its journal tells what is to be removed.
        estate.cluster.update { $0.unsupported = [] }
        let shadows = try #require(try estate.journal.history.shadows)
        _ = await ShadowCleaning(shadows: ShadowGroups(of: report.id), target: estate.cluster).clean(shadows)
        try estate.checkNothingIsLeft("cleaned up later")
    }

    @Test func nothingOfAnotherNameIsRemoved() async throws {
        let estate = try DrillEstate()
        estate.cluster.update {
            $0.commit(1, DrillEstate.copy, by: "billing")
            $0.commit(1, DrillEstate.copy, by: "drill.other.billing")
        }
        let before = estate.cluster.contents
        let cleaning = ShadowCleaning(shadows: ShadowGroups(of: RunID(rawValue: "mine")), target: estate.cluster)
        let cleaned = await cleaning.clean(["billing": [DrillEstate.copy], "drill.other.billing": [DrillEstate.copy], "drill.mine.": [DrillEstate.copy]])
        #expect(cleaned.isEmpty && estate.cluster.contents == before)
        // A run that moved real groups is none of its business.
        let journal = MemoryJournal()
        _ = try await estate.estate.plan(sourceLost: true).apply(estate.estate, journal)
        #expect(try journal.history.shadows == nil)
    }
}
