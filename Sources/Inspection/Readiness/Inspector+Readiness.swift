import Cutover
import KafkaClient
import OffsetTranslate

extension Inspector {
    /// - Parameter looked: How long it took to see where the groups stand: a plan takes as long.
    func readiness(of survey: FlowSurvey, _ look: GroupLook, _ looked: Duration) async throws -> Readiness {
        var checks = [
            ReadinessCheck(
                .sourceReachable, source != nil ? .pass : survey.sourceTrouble == nil ? .unknown : .fail,
                survey.sourceTrouble ?? (source == nil ? "it is not asked" : "cluster id \(survey.sourceClusterID ?? "unknown")"),
                remedy: sourceTrouble.map {
                    $0.meansAway
                        ? "If '\(flow.sourceAlias)' is lost: 'failover plan --source-lost'."
                        : "It answers, and refuses: see to the settings of its clients. It is not lost for that."
                }),
            target(survey),
        ]
        let judge = ReadinessJudge(flow: flow, configuration: configuration, now: now(), isSourceAsked: source != nil)
        checks.append(judge.heartbeat(survey.heartbeats))
        checks.append(judge.replicationLag(survey.partitions))
        checks.append(judge.offsetSyncs(survey.partitions))
        checks.append(judge.offsetSyncsLocation(isCaptured: look.outlook.syncsAreCaptured))
        checks.append(judge.checkpoints(look.context.newestCheckpoint, survey.groups))
        let differences = try await differences(look)
        checks += judge.topics(differences)
        checks.append(try await retention(survey, differences, judge))
        checks += judge.positions(survey.groups)
        checks.append(judge.recoveryPoint(survey.partitions))
        // A cutover plans, commits, and reads back: one request a group each to commit and to read.
        checks.append(judge.recoveryTime(looked + look.outlook.askingTarget * 2, groups: survey.groups.count))
        return Readiness(checks: checks)
    }

    private func target(_ survey: FlowSurvey) -> ReadinessCheck {
        if let id = survey.targetClusterID, id == survey.sourceClusterID {
            return ReadinessCheck(
                .targetReachable, .fail, "source and target are the same cluster, \(id)", remedy: "See to the bootstrap addresses of both.")
        }
        return ReadinessCheck(.targetReachable, .pass, "cluster id \(survey.targetClusterID ?? "unknown")")
    }

    private func retention(_ survey: FlowSurvey, _ differences: TopicDifferences?, _ judge: ReadinessJudge) async throws -> ReadinessCheck {
        // What has just not been answered is not asked again: each time would take the whole deadline.
        if let differences, differences.settings == nil {
            return ReadinessCheck(.retention, .unknown, "topics' settings can't be read")
        }
        do {
            guard let uses = try await retentionUse(survey.groups) else {
                return ReadinessCheck(.retention, .unknown, "records are deleted while they are looked at")
            }
            return judge.retention(uses, survey.groups)
        } catch let error as KafkaError {
            return ReadinessCheck(.retention, .unknown, "the copies' settings can't be read: \(error)")
        }
    }
}
