internal import Foundation
import OffsetTranslate
internal import Synchronization

extension Tenure {
    func keepCheckpointing() async throws {
        var emitter = CheckpointEmitter()
        let topic = InternalTopic<Checkpoint>(configuration.flow.checkpointsTopic, on: target)
        (emitter, _) = try await topic.read(into: emitter) { $0.remember($1.entry) }
        while true {
            do {
                try await settleSyncs(within: target.timeout)
                let groups = try await source.groups(named: configuration.namedGroups, passing: configuration.includesGroup)
                for group in groups { try await checkpoint(group, &emitter) }
            } catch let error as KafkaError {
                report(.warning("checkpoints not emitted: \(error)"))
            } catch let error as MirrorError {
                guard case .syncsNotSettled = error else { throw error }
                report(.warning("checkpoints not emitted: \(error)"))
            }
            try await Task.sleep(for: configuration.checkpointInterval)
        }
    }

    func checkpoint(_ group: String, _ emitter: inout CheckpointEmitter) async throws {
        let partitions = copies
        let committed = try await source.committedOffsets(of: group, for: Array(partitions.keys))
        for (partition, offset) in committed.sorted(by: { $0.key < $1.key }) {
            guard let copy = partitions[partition] else { continue }
            let (history, lastSync) = copy.translation
            guard let due = emitter.checkpoint(group: group, committed: offset, target: copy.target, history: history, lastSync: lastSync)
            else { continue }
            try check()
            _ = try await controlProducer.send(due.record(), to: TopicPartition(topic: configuration.flow.checkpointsTopic, partition: 0))
            emitter.remember(due.checkpoint)
            counters.countCheckpoint(of: group)
        }
    }

    func keepBeating() async throws {
        while true {
            try check()
            let now = ContinuousClock.now
            let heartbeat = Heartbeat(
                sourceAlias: configuration.flow.sourceAlias, targetAlias: configuration.flow.targetAlias, timestamp: Int64(Date().timeIntervalSince1970 * 1000))
            let partition = TopicPartition(topic: configuration.flow.heartbeatsTopic, partition: 0)
            _ = try await controlProducer.send(
                Record(key: try heartbeat.encodedKey(), value: heartbeat.encodedValue()), to: partition)
            counters.countHeartbeat()
            try await Task.sleep(until: now + configuration.heartbeatInterval)
        }
    }
}
