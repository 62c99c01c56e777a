import KafkaClient
import OffsetTranslate

extension Planner {
    /// What the internal topics say.
    struct Evidence: Sendable {
        var map = TranslationMap()
        /// What stock MM2 makes of the same syncs.
        var stock = StockOffsetSyncStore()
        var checkpoints = CheckpointTable()
        /// Positions that `failover capture` saw; read only where the source can't be asked.
        var captured = CheckpointTable()

        /// Groups with a position on the target.
        var groups: Set<String> { Set(checkpoints.groups.keys).union(captured.groups.keys) }
        var warnings: [String] = []
        /// When the newest checkpoint was written.
        var newestCheckpoint: Int64?
        /// When the mirror last showed that it was there.
        var newest: Int64? { [map.newestTimestamp, newestCheckpoint].compactMap { $0 }.max() }
    }

    func gather() async throws -> Evidence {
        var evidence = Evidence()
        let syncsCluster: (any KafkaCluster)? = flow.offsetSyncsLocation == .target ? target : source
        if let syncsCluster {
            do {
                _ = try await flow.syncsOrigin(on: syncsCluster)
                let topic = InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: syncsCluster, progress: progress)
                try await read(topic, &evidence)
            } catch let error as InternalTopicMissing {
                evidence.warnings.append("no offset syncs: \(error)")
            }
        } else {
            evidence.warnings.append(
                "The offset syncs are on the source ('\(flow.offsetSyncsTopic)') and lost with it: positions come from the checkpoints alone.")
        }
        do {
            (evidence.checkpoints, evidence.newestCheckpoint) = try await table(flow.checkpointsTopic, &evidence.warnings)
        } catch let error as InternalTopicMissing {
            evidence.warnings.append("no checkpoints: \(error)")
        }
        if source == nil {
            do {
                (evidence.captured, _) = try await table(flow.capturedTopic, &evidence.warnings)
            } catch is InternalTopicMissing {
                // Nobody captured.
            }
        }
        if evidence.map.partitions.isEmpty, evidence.groups.isEmpty {
            throw NothingToPlan(flow: "\(flow.sourceAlias)->\(flow.targetAlias)", details: evidence.warnings)
        }
        return evidence
    }

    /// Goes on from the snapshot, where one was asked for and fits, and leaves a new one.
    private func read(_ topic: InternalTopic<OffsetSync>, _ evidence: inout Evidence) async throws {
        var old: TranslationSnapshot?
        do { old = try snapshot?.load() } catch { evidence.warnings.append("snapshot '\(snapshot?.path ?? "")' not used: \(error)") }
        let (taken, reading, refusal) = try await topic.history(from: old)
        evidence.map = taken.history.map
        evidence.stock = taken.history.stock ?? evidence.stock
        if let warning = reading.warning { evidence.warnings.append(warning) }
        if let refusal { evidence.warnings.append("snapshot '\(snapshot?.path ?? "")' not used, all syncs were read: \(refusal)") }
        do { try snapshot?.save(taken) } catch { evidence.warnings.append("\(error)") }
    }

    private func table(_ topic: String, _ warnings: inout [String]) async throws -> (CheckpointTable, newest: Int64?) {
        let topic = InternalTopic<Checkpoint>(topic, on: target, progress: progress)
        let (table, reading) = try await topic.read(into: CheckpointTable()) { $0.insert($1) }
        if let warning = reading.warning { warnings.append(warning) }
        return (table, reading.newest)
    }
}
