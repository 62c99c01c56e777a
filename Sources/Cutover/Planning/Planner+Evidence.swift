import KafkaClient
package import OffsetTranslate

extension Planner {
    /// What the internal topics say.
    package struct Evidence: Sendable {
        package var map = TranslationMap()
        /// What stock MM2 makes of the same syncs.
        var stock = StockOffsetSyncStore()
        package var checkpoints = CheckpointTable()
        /// Positions that `failover capture` saw; not read for a plan while the source can be asked.
        package var captured = CheckpointTable()

        /// Groups with a position on the target.
        var groups: Set<String> { Set(checkpoints.groups.keys).union(captured.groups.keys) }
        package var warnings: [String] = []
        /// What the offset syncs were read as, to go on from.
        var syncs: TranslationSnapshot?
        /// When the newest checkpoint was written.
        package var newestCheckpoint: Int64?
        /// When the mirror last showed that it was there.
        var newest: Int64? { [map.newestTimestamp, newestCheckpoint].compactMap { $0 }.max() }

        var isEmpty: Bool { map.partitions.isEmpty && groups.isEmpty }

        mutating func take(_ syncs: TranslationSnapshot) {
            map = syncs.history.map
            stock = syncs.history.stock ?? stock
            self.syncs = syncs
        }
    }

    private var syncsCluster: (any KafkaCluster)? { flow.offsetSyncsLocation == .target ? target : source }

    /// - Parameter captures: Whether what `failover capture` wrote of groups is read too.
    func gather(captures: Bool) async throws -> Evidence {
        var evidence = Evidence()
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
        if captures {
            do {
                (evidence.captured, _) = try await table(flow.capturedTopic, &evidence.warnings)
            } catch is InternalTopicMissing {
                // Nobody captured.
            }
        }
        return evidence
    }

    /// The same with the offset syncs that were written since: what is held against them must not be newer than they are.
    package func upToDate(_ evidence: Evidence) async throws -> Evidence {
        guard let syncs = evidence.syncs, let syncsCluster else { return evidence }
        var evidence = evidence
        do {
            evidence.take(try await InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: syncsCluster).history(from: syncs).0)
        } catch is InternalTopicMissing {
            // Somebody has just deleted it.
        }
        return evidence
    }

    /// What of it would be left if the source died now: without its own offset syncs, but with those that a capture has relayed.
    func left(of evidence: Evidence) async throws -> (evidence: Evidence, isCaptured: Bool) {
        guard flow.offsetSyncsLocation == .source else { return (evidence, false) }
        var left = evidence
        (left.map, left.stock, left.syncs) = (TranslationMap(), StockOffsetSyncStore(), nil)
        var there = self
        there.flow.offsetSyncsLocation = .target
        guard try await SyncsOrigin(of: there.flow.offsetSyncsTopic, on: target, for: flow) == .capture else { return (left, false) }
        let (relayed, _, _) = try await InternalTopic<OffsetSync>(there.flow.offsetSyncsTopic, on: target, progress: progress).history()
        left.take(relayed)
        return (left, true)
    }

    /// Goes on from the snapshot, where one was asked for and fits, and leaves a new one.
    private func read(_ topic: InternalTopic<OffsetSync>, _ evidence: inout Evidence) async throws {
        var old: TranslationSnapshot?
        do { old = try snapshot?.load() } catch { evidence.warnings.append("snapshot '\(snapshot?.path ?? "")' not used: \(error)") }
        let (taken, reading, refusal) = try await topic.history(from: old)
        evidence.take(taken)
        if let warning = reading.warning { evidence.warnings.append(warning) }
        if let refusal { evidence.warnings.append("snapshot '\(snapshot?.path ?? "")' not used, all syncs were read: \(refusal)") }
        do { try snapshot?.save(taken) } catch { evidence.warnings.append("\(error)") }
    }

    private func table(_ topic: String, _ warnings: inout [String]) async throws -> (CheckpointTable, newest: Int64?) {
        let topic = InternalTopic<Checkpoint>(topic, on: target, progress: progress)
        let (table, reading) = try await topic.read(into: CheckpointTable()) { $0.insert($1) }
        if let warning = reading.warning { warnings.append(warning) }
        return (table, reading.times.newest)
    }
}
