import Cutover
@testable import Inspection
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// What each check sees, and what it makes of it.
@Suite struct ReadinessTests {
    private let orders = place("orders")

    private func record(_ timestamp: Int64) -> Record { Record(value: [1], timestamp: timestamp) }

    /// A fit flow: a strict mirror that has copied everything, a group with an exact checkpoint, a fresh heartbeat.
    private func watched(_ location: OffsetSyncsLocation = .target) throws -> Watched {
        let estate = Estate(DefaultReplicationPolicy(), syncsOn: location)
        for timestamp in Int64(0)..<20 {
            estate.west.update { _ = $0.append(record(timestamp * 100), to: place("orders")) }
            estate.east.update { _ = $0.append(record(timestamp * 100), to: place("west.orders")) }
        }
        try estate.sync(orders, 0, 0, isStrict: true)
        try estate.sync(orders, 19, 19, strictAfter: (0, 0))
        estate.commitOnSource("billing", orders, 15)
        try estate.checkpoint("billing", orders, 15, 15, isExact: true)
        beat(estate, at: 9_000)
        var watched = Watched(estate)
        // On a busy machine everything takes long.
        watched.configuration.status.recoveryTime = .init(warn: 10_000, fail: 10_000)
        return watched
    }

    private func beat(_ estate: Estate, at timestamp: Int64) {
        let beat = Heartbeat(sourceAlias: "west", targetAlias: "east", timestamp: timestamp)
        estate.east.update { contents in
            if let key = try? beat.encodedKey() { contents.append(Record(key: key, value: beat.encodedValue(), timestamp: timestamp), to: place("heartbeats")) }
        }
    }

    private func survey(_ watched: Watched) async throws -> FlowSurvey { try await watched.inspector.survey(.all { _ in true }) }

    private func check(_ kind: ReadinessCheck.Kind, _ watched: Watched) async throws -> ReadinessCheck {
        try #require(try await survey(watched).readiness[kind])
    }

    @Test func aFitFlow() async throws {
        let survey = try await survey(try watched())
        #expect(survey.readiness.checks.filter { $0.status != .pass } == [])
        #expect(survey.readiness.verdict == .pass && survey.readiness.checks.count == 18)
        #expect(survey.partitions.map(\.lag) == [.init(offsets: 0, age: .zero)])
        #expect(survey.heartbeats == .init(newest: 9_000) && survey.groups.map(\.name) == ["billing"])
        #expect(Set(survey.readiness.checks.map(\.kind)).count == 18)
        #expect(survey.readiness.checks.allSatisfy { $0.remedy == nil })
    }

    /// Whatever is seen, nothing is changed.
    @Test func itOnlyAsks() async throws {
        let watched = try watched()
        watched.estate.west.update { contents in
            contents.topics["unmirrored"] = [InMemoryLog()]
            contents.configuration["orders"] = ["retention.ms": "1000000"]
            contents.accessRules = [AccessRule(.allow, .read, on: .topic, named: "orders", to: "User:app")]
        }
        let before = (watched.estate.west.contents, watched.estate.east.contents)
        _ = try await survey(watched)
        #expect(before.0 == watched.estate.west.contents && before.1 == watched.estate.east.contents)
        let changes: Set<Request.Kind> = [.commit, .createTopics, .createACLs, .deleteACLs, .alterTopicSettings, .createPartitions, .deleteOffsets]
        #expect((watched.estate.west.requests + watched.estate.east.requests).allSatisfy { !changes.contains($0.kind) })
    }

    @Test func aSourceThatIsAway() async throws {
        let watched = try watched()
        watched.estate.west.goDown()
        let survey = try await survey(watched)
        #expect(survey.readiness[.sourceReachable]?.status == .fail && survey.readiness.verdict == .fail && survey.sourceTrouble != nil && survey.sourceAnswers == false)
        for kind in [ReadinessCheck.Kind.replicationLag, .recoveryPoint, .topicsMirrored, .topicSettings] {
            #expect(survey.readiness[kind]?.status == .unknown, "\(kind)")
        }
        // From what is on the target.
        #expect(survey.groups.first?.positions.map(\.reason) == [.sourceLost(maxReplay: 0)])
    }

    /// It dies while it is looked at: at each of its requests.
    @Test func aSourceThatDiesMeanwhile() async throws {
        let count = try await {
            let watched = try watched()
            _ = try await survey(watched)
            return watched.estate.west.requests.count
        }()
        for number in 1...count {
            let watched = try watched()
            watched.estate.west.beforeEachRequest { request, cluster in if request.number == number { cluster.goDown() } }
            let survey = try await survey(watched)
            // Settings and access rules come last, and are compared one by one: what can't be read is unknown.
            #expect(survey.readiness[.sourceReachable]?.status == .fail || survey.readiness[.topicAccess]?.status == .unknown, "request \(number)")
            #expect(survey.groups.first?.positions.first?.ifLost.position == 15, "request \(number)")
        }
    }

    @Test func aTargetThatIsAway() async throws {
        let watched = try watched()
        watched.estate.east.goDown()
        let survey = try await survey(watched)
        #expect(survey.readiness.checks.map(\.kind) == [.targetReachable] && survey.readiness.verdict == .fail && survey.sourceAnswers == nil)
    }

    /// A request that the target leaves unanswered says nothing of the source.
    @Test func theSourceIsNotBlamedForTheTarget() async throws {
        let count = try await {
            let watched = try watched()
            _ = try await survey(watched)
            return watched.estate.east.requests.count
        }()
        for number in 1...count {
            let watched = try watched()
            watched.estate.east.fail(at: Trigger(number), Fault(.before))
            let survey = try await survey(watched)
            #expect(survey.sourceTrouble == nil && survey.readiness[.sourceReachable]?.status != .fail && survey.sourceAnswers != false, "request \(number)")
        }
    }

    @Test func heartbeats() async throws {
        var watched = try watched()
        for (now, status) in [(19_999, .pass), (20_001 + 999, .warn), (69_999, .warn), (71_000, .fail)] as [(Int64, ReadinessCheck.Status)] {
            watched.now = now
            let check = try await check(.heartbeat, watched)
            #expect(check.status == status && (check.remedy == nil) == (status == .pass), "\(now)")
        }
        // Another flow's say nothing of this one.
        let other = Heartbeat(sourceAlias: "north", targetAlias: "east", timestamp: 70_990)
        let key = try other.encodedKey()
        watched.estate.east.update { _ = $0.append(Record(key: key, value: other.encodedValue(), timestamp: 70_990), to: place("heartbeats")) }
        #expect(try await check(.heartbeat, watched).status == .fail)
    }

    @Test func whatIsNotCopied() async throws {
        var watched = try watched()
        for timestamp in Int64(0)..<5 { watched.estate.west.update { _ = $0.append(Record(value: [1], timestamp: 3_000 + timestamp), to: place("orders")) } }
        watched.now = 40_000
        watched.configuration.status.replicationLag = .init(warn: 4, fail: 5)
        let survey = try await survey(watched)
        #expect(survey.partitions.first?.lag == .init(offsets: 5, age: .seconds(37)))
        let lag = try #require(survey.readiness[.replicationLag]), point = try #require(survey.readiness[.recoveryPoint])
        #expect(lag.status == .warn && lag.value == 5 && lag.findings == ["orders-0: 5 offsets behind"])
        #expect(point.status == .warn && point.value == 37 && point.evidence.contains("5 records"))
        // A transaction's marker is no record.
        let other = try self.watched()
        other.estate.west.update { $0.log(place("orders")) { $0.leaveHole(3) } }
        #expect(try await self.survey(other).partitions.first?.lag == .init(offsets: 0, age: .zero))
    }

    @Test func offsetSyncsAndWhereTheyAre() async throws {
        let stock = try watched(.source)
        #expect(try await check(.offsetSyncsLocation, stock).status == .warn)
        let watched = try watched()
        #expect(try await check(.offsetSyncsLocation, watched).status == .pass)
        watched.estate.mirror(place("other"), upTo: 10, copiedTo: 10)
        let missing = try await check(.offsetSyncs, watched)
        #expect(missing.status == .warn && missing.findings == ["other-0: none"])
        // The copy has gone on, its syncs have not.
        watched.estate.mirror(orders, upTo: 2_000, copiedTo: 1_020)
        #expect(try await check(.offsetSyncs, watched).findings.contains("orders-0: its copy has grown by 1001 since the newest"))
    }

    @Test func checkpoints() async throws {
        var watched = try watched()
        watched.now = 1_000_000
        // Old, but nothing is due.
        #expect(try await check(.checkpoints, watched).status == .pass)
        watched.estate.commitOnSource("billing", orders, 17)
        #expect(try await check(.checkpoints, watched).status == .fail)
        watched.now = 2_000 + 241_000
        #expect(try await check(.checkpoints, watched).status == .warn)
        let bare = Estate()
        bare.mirror(orders, upTo: 10, copiedTo: 10)
        bare.commitOnSource("billing", orders, 5)
        #expect(try await check(.checkpoints, Watched(bare)).status == .fail)
    }

    @Test func topicsThatAreNotInStep() async throws {
        var watched = try watched()
        watched.estate.west.update { contents in
            contents.topics["new"] = [InMemoryLog()]
            contents.topics["left-out"] = [InMemoryLog()]
            contents.topics["orders"]?.append(InMemoryLog())
            contents.configuration["orders"] = ["retention.ms": "86400000"]
        }
        watched.configuration.topics = try NameFilter(include: [".*"], exclude: ["left-.*"])
        let readiness = try await survey(watched).readiness
        #expect(readiness[.topicsMirrored]?.status == .fail && readiness[.topicsMirrored]?.findings == ["'new'"])
        #expect(readiness[.partitionCounts]?.status == .fail && readiness[.partitionCounts]?.findings == ["'orders' has 2 partitions, its copy 'west.orders' 1"])
        #expect(readiness[.topicSettings]?.status == .warn && readiness[.topicSettings]?.findings.first?.contains("retention.ms") == true)
        #expect(readiness[.topicAccess]?.status == .pass)
        watched.estate.east.update { $0.topics["west.orders"]?.append(contentsOf: [InMemoryLog(), InMemoryLog()]) }
        #expect(try await check(.partitionCounts, watched).status == .warn)
        watched.estate.east.update { $0.unsupported = [.topicSettings] }
        let unread = try await survey(watched).readiness
        #expect(unread[.topicSettings]?.status == .unknown && unread[.retention]?.status == .unknown)
    }

    @Test func retentionThatIsNearlyOver() async throws {
        var watched = try watched()
        watched.estate.east.update { $0.configuration["west.orders"] = ["retention.ms": "10000"] }
        // The record that is wanted next is of 1,500.
        for (now, status) in [(6_500, .pass), (7_000, .warn), (11_000, .fail)] as [(Int64, ReadinessCheck.Status)] {
            watched.now = now
            #expect(try await check(.retention, watched).status == status, "\(now)")
        }
        watched.estate.east.update { $0.configuration["west.orders"]?["cleanup.policy"] = "compact" }
        #expect(try await check(.retention, watched).status == .pass)
    }

    /// It is not near its end any more but over.
    @Test func retentionThatIsOver() async throws {
        let watched = try watched()
        // Less urgent, but as bad in its severity.
        watched.estate.mirror(place("other"), upTo: 10, copiedTo: 10)
        watched.estate.commitOnSource("billing", place("other"), 5)
        watched.estate.east.update { $0.log(place("west.orders")) { $0.deleteRecords(before: 17) } }
        let survey = try await survey(watched), check = try #require(survey.readiness[.retention])
        #expect(check.status == .fail && check.findings == ["west.orders-0: deleted are up to 2 offsets that 'billing' still wants"])
        #expect(survey.groups.first?.worst?.reason == .expiredOnTarget(lost: 2))
    }

    /// Groups that read what nobody mirrors are no less groups.
    @Test func aFlowThatNobodyMirrors() async throws {
        let estate = Estate()
        estate.west.update { $0.log(place("orders")) { $0.extend(to: 10) } }
        estate.commitOnSource("billing", orders, 5)
        let survey = try await survey(Watched(estate)), readiness = survey.readiness
        #expect(survey.groups.map(\.positions.first?.reason) == [.copyMissing])
        for kind in [ReadinessCheck.Kind.topicsMirrored, .offsetSyncs, .checkpoints, .positionsIfLost] { #expect(readiness[kind]?.status == .fail, "\(kind)") }
        #expect(readiness[.groups]?.status == .warn)
    }

    @Test func twiceTheSameCluster() async throws {
        let watched = try watched(), flow = watched.estate.flow
        let planner = Planner(flow: flow, source: watched.estate.east, target: watched.estate.east, checking: nil)
        let survey = try await Inspector(planner, watched.configuration).survey(.all { _ in true })
        #expect(survey.readiness[.targetReachable]?.status == .fail && survey.readiness.verdict == .fail)
    }

    @Test func whatWouldBeReadAgainOrGone() async throws {
        var watched = try watched()
        watched.configuration.status.reRead = .init(warn: 2, fail: 3)
        for (offset, status) in [(17, .pass), (18, .warn), (19, .fail)] as [(Int64, ReadinessCheck.Status)] {
            watched.estate.commitOnSource("billing", orders, offset)
            let check = try await check(.reReadIfLost, watched)
            #expect(check.status == status && check.value == Double(offset - 15), "\(offset)")
        }
        watched.estate.commitOnSource("reports", orders, 3)
        let gone = try await check(.positionsIfLost, watched)
        #expect(gone.status == .fail && gone.value == 1 && gone.findings == ["'reports': 1"])
        watched.estate.east.update { $0.activate("billing") }
        let groups = try await check(.groups, watched)
        #expect(groups.status == .warn && groups.findings == ["targetGroupActive: 'billing'"])
    }
}
