import KafkaClient
import OffsetTranslate

extension Planner {
    /// What the internal topics say.
    struct Evidence: Sendable {
        var map = TranslationMap()
        var stock = StockOffsetSyncStore()
        var checkpoints = CheckpointTable()
        /// Positions that `failover capture` saw; read only where the source can't be asked.
        var captured = CheckpointTable()

        /// Groups with a position on the target.
        var groups: Set<String> { Set(checkpoints.groups.keys).union(captured.groups.keys) }
        var warnings: [String] = []
    }

    func gather() async throws -> Evidence {
        var evidence = Evidence()
        let syncsCluster: (any KafkaCluster)? = flow.offsetSyncsLocation == .target ? target : source
        if let syncsCluster {
            do {
                let topic = InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: syncsCluster, progress: progress)
                let (read, reading) = try await topic.read(into: (TranslationMap(), StockOffsetSyncStore())) { state, sync in
                    state.0.append(sync)
                    state.1.append(
                        sync.entry.topicPartition, upstreamOffset: sync.entry.upstreamOffset,
                        downstreamOffset: sync.entry.downstreamOffset)
                }
                (evidence.map, evidence.stock) = read
                if let warning = reading.warning { evidence.warnings.append(warning) }
            } catch let error as InternalTopicMissing {
                evidence.warnings.append("no offset syncs: \(error)")
            }
        } else {
            evidence.warnings.append(
                "The offset syncs are on the source ('\(flow.offsetSyncsTopic)') and lost with it: positions come from the checkpoints alone.")
        }
        evidence.stock.finishReadingToEnd()
        do {
            evidence.checkpoints = try await table(flow.checkpointsTopic, &evidence.warnings)
        } catch let error as InternalTopicMissing {
            evidence.warnings.append("no checkpoints: \(error)")
        }
        if source == nil {
            do {
                evidence.captured = try await table(flow.capturedTopic, &evidence.warnings)
            } catch is InternalTopicMissing {
                // Nobody captured.
            }
        }
        if evidence.map.partitions.isEmpty, evidence.groups.isEmpty {
            throw NothingToPlan(flow: "\(flow.sourceAlias)->\(flow.targetAlias)", details: evidence.warnings)
        }
        return evidence
    }
    private func table(_ topic: String, _ warnings: inout [String]) async throws -> CheckpointTable {
        let topic = InternalTopic<Checkpoint>(topic, on: target, progress: progress)
        let (table, reading) = try await topic.read(into: CheckpointTable()) { $0.insert($1) }
        if let warning = reading.warning { warnings.append(warning) }
        return table
    }
}
