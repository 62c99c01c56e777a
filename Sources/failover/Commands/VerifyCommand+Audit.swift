import Cutover
import KafkaClient
import OffsetTranslate

extension VerifyCommand {
    func auditLogs() async throws {
        let configuration = try flow.load(), flow = try ReplicationFlow(configuration)
        let source = try self.flow.open(configuration.source), target = try self.flow.open(configuration.target)
        _ = try await target.clusterID()
        // What the mirror's own consumers are told to read.
        let isolation = source.consumerProperties["isolation.level"].flatMap(Isolation.init) ?? .uncommitted
        let auditor = LogAuditor(
            source: source, target: target, window: auditing.window ?? 200_000, isolation: isolation, limits: auditing.limits,
            progress: Console.progress)
        let requests = try await requests(configuration, flow, source, target)
        let view = AuditView(
            source: flow.sourceAlias, target: flow.targetAlias,
            partitions: try await auditor.audit(requests) { if output == .jsonl { try AuditView.printLine($0) } })
        try view.print(as: output)
        if view.partitions.contains(where: \.isFailure) { throw ExitStatus.refused }
        if view.partitions.contains(where: { $0.obstacle != nil }) { throw ExitStatus.partial }
    }

    private func requests(
        _ configuration: FlowConfiguration, _ flow: ReplicationFlow, _ source: LibrdkafkaCluster, _ target: LibrdkafkaCluster
    ) async throws -> [LogAuditor.Request] {
        let counts = try await source.topics(), copies = try await target.topics()
        let unknown = auditing.topics.filter { counts[$0] == nil }
        guard unknown.isEmpty else {
            throw NothingToAudit("there is no topic \(unknown.map { "'\($0)'" }.joined(separator: ", ")) on '\(source.name)': --topic takes the source's names.")
        }
        let names = auditing.topics.isEmpty
            ? counts.keys.filter { topic in
                flow.mayMirror(topic) && configuration.topics.matches(topic)
                    && copies[flow.target(of: TopicPartition(topic: topic, partition: 0)).topic] != nil
            } : Array(Set(auditing.topics))
        guard !names.isEmpty else {
            throw NothingToAudit("'\(target.name)' has no copy of any topic of '\(source.name)'. Check the aliases and the replication policy (--policy).")
        }
        return names.sorted().flatMap { topic in
            (0..<Int32(clamping: counts[topic] ?? 0)).map { number in
                let partition = TopicPartition(topic: topic, partition: number)
                return LogAuditor.Request(source: partition, target: flow.target(of: partition), stretch: auditing.stretch)
            }
        }
    }
}

private struct NothingToAudit: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
