import Inspection
import KafkaClient
@testable import StatusServer
import Testing

/// What Prometheus is told.
@Suite struct ExpositionTests {
    private func metrics(_ survey: FlowSurvey, _ change: (inout StatusBoard.Limits) -> Void = { _ in }) async throws -> ParsedMetrics {
        var limits = StatusBoard.Limits()
        change(&limits)
        return try ParsedMetrics(try await Boards.text("/metrics", of: await Boards.board(survey, limits: limits)))
    }

    @Test func figuresInBaseUnits() async throws {
        let metrics = try await metrics(Surveys.mixed())
        #expect(metrics["failover_readiness"] == 2)
        #expect(metrics.values("failover_readiness_check", by: "check") == [
            ["sourceReachable"]: 0, ["heartbeat"]: 0, ["replicationLag"]: 1, ["positionsIfLost"]: 2,
        ])
        #expect(metrics.values("failover_readiness_check_seconds", by: "check") == [["heartbeat"]: 1.5])
        #expect(metrics.values("failover_readiness_check_records", by: "check") == [["replicationLag"]: 1_320])
        #expect(metrics.values("failover_readiness_check_findings", by: "check")[["positionsIfLost"]] == 1)
        #expect(metrics["failover_heartbeat_timestamp_seconds"] == Double(Surveys.now - 1_500) / 1000)
        #expect(metrics["failover_survey_duration_seconds"] == 0.84)
        #expect(metrics.values("failover_groups", by: "severity") == [["good"]: 2, ["notice"]: 1, ["problem"]: 2])
        #expect(metrics["failover_replication_lag_records"] == 1_320 && metrics["failover_replication_lag_unknown_partitions"] == 1)
        #expect(metrics["failover_replication_age_seconds"] == 42)
        #expect(metrics["failover_consumer_lag_records"] == 90_034)
        #expect(metrics["failover_replay_records"] == 300 && metrics["failover_replay_unbounded_groups"] == 0)
        #expect(metrics["failover_replay_if_lost_records"] == 60 && metrics["failover_replay_if_lost_unbounded_groups"] == 2)
        #expect(metrics["failover_missing_positions_if_lost"] == 1)
        #expect(metrics.values("failover_group_lag_records", by: "group")[["billing"]] == 7)
        #expect(metrics.values("failover_group_severity", by: "group")[["reports"]] == 2)
        #expect(metrics.values("failover_group_distance_records", by: "group")[["billing"]] == -40)
        #expect(metrics.values("failover_partition_lag_records", by: "topic", "partition") == [
            ["clicks", "0"]: 1_200, ["invoices", "0"]: 120, ["orders", "0"]: 0,
        ])
        #expect(metrics.values("failover_partition_age_seconds", by: "topic", "partition")[["clicks", "0"]] == 42)
        for sample in metrics.samples.keys { #expect(sample.labels["source"] == "us-west" && sample.labels["target"] == "us-east") }
        #expect(metrics.values("failover_build_info", by: "version", "librdkafka") == [["0.0-test", ClientLibrary.version]: 1])
    }

    /// What is not known is left out, and nothing is NaN.
    @Test func unknownHasNoSample() async throws {
        var survey = Surveys.mixed()
        survey.sourceTrouble = "refused"
        survey.heartbeats = .init()
        for index in survey.groups.indices {
            for place in survey.groups[index].positions.indices { survey.groups[index].positions[place].lag = nil }
        }
        for index in survey.partitions.indices { survey.partitions[index].lag = nil }
        let metrics = try await metrics(survey)
        #expect(metrics["failover_source_up"] == 0)
        for name in ["consumer_lag_records", "replication_lag_records", "replication_age_seconds", "heartbeat_timestamp_seconds", "group_lag_records"] {
            #expect(metrics.types["failover_\(name)"] == "gauge")
            #expect(metrics.values("failover_\(name)").isEmpty, "\(name)")
        }
        #expect(metrics.values("failover_readiness_check", by: "check")[["retention"]] == nil)
        #expect(metrics.samples.values.allSatisfy { $0.isFinite })
    }

    /// Zeros would look like good news.
    @Test func nothingIsKnownWithoutTheTarget() async throws {
        var survey = FlowSurvey(sourceAlias: "us-west", targetAlias: "us-east", takenAt: Surveys.now, took: .seconds(10), groups: [], partitions: [])
        survey.readiness = Readiness(checks: [ReadinessCheck(.targetReachable, .fail, "it does not answer")])
        let metrics = try await metrics(survey)
        #expect(metrics["failover_readiness"] == 2 && metrics.values("failover_readiness_check", by: "check") == [["targetReachable"]: 2])
        for name in ["groups", "consumer_lag_records", "replication_lag_records", "replay_if_lost_records", "missing_positions_if_lost"] {
            #expect(metrics.types["failover_\(name)"] == "gauge" && metrics.values("failover_\(name)").isEmpty, "\(name)")
        }
    }

    @Test func hostileNamesStayInTheirLabels() async throws {
        let names = [#"a"b\c"#, "line\nbreak", "\r\n# TYPE x gauge\n", #"",group="billing"#, "e\u{301}\u{2028}\u{0}", "\\n", #"\"#, "</script>"]
        let groups = names.map { Surveys.group($0, [Surveys.position($0, $0)]) }
        var survey = FlowSurvey(sourceAlias: "w\"", targetAlias: "e\\", takenAt: 0, took: .zero, groups: groups, partitions: [])
        survey.partitions = names.map { Surveys.partition($0, 0, lag: .init(offsets: 1)) }
        let metrics = try ParsedMetrics(try await Boards.text("/metrics", of: await Boards.board(survey, flow: .init(source: "w\"", target: "e\\"))))
        #expect(Set(metrics.values("failover_group_lag_records", by: "group").keys) == Set(names.map { [$0] }))
        #expect(Set(metrics.values("failover_partition_lag_records", by: "topic").keys) == Set(names.map { [$0] }))
        #expect(metrics.samples.keys.allSatisfy { $0.labels["source"] == "w\"" && $0.labels["target"] == "e\\" })
    }

    /// The worst are kept: their series stand for what somebody has to see.
    @Test func labelsAreBounded() async throws {
        let survey = Surveys.mixed(more: Surveys.many(groups: 50, partitions: 1).groups)
        let metrics = try await metrics(survey) { ($0.groups, $0.partitions) = (4, 1) }
        #expect(metrics["failover_groups_omitted"] == 51 && metrics["failover_partitions_omitted"] == 3)
        #expect(Set(metrics.values("failover_group_severity", by: "group").keys) == [["billing-audit"], ["reports"], ["stock-take"], ["billing"]])
        // Of orders-1 nobody knows how far behind it is.
        #expect(metrics.values("failover_partition_lag_records").isEmpty)
        #expect(metrics.values("failover_groups", by: "severity").values.reduce(0, +) == 55)
    }

    @Test func nothingSeenYet() async throws {
        let board = StatusBoard(.init(source: "us-west", target: "us-east"), version: "0.0-test", every: .seconds(30)) { throw Boards.Trouble() }
        await board.refresh()
        let metrics = try ParsedMetrics(try await Boards.text("/metrics", of: board))
        #expect(metrics["failover_refresh_failures_total"] == 1 && metrics["failover_refresh_timestamp_seconds"] == nil)
        #expect(metrics["failover_refresh_interval_seconds"] == 30 && metrics.types["failover_refresh_failures_total"] == "counter")
    }
}
