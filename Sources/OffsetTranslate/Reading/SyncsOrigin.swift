public import KafkaClient

/// Who wrote an offset-syncs topic, as its newest record tells.
///
/// The name alone does not tell even whose flow it belongs to: `mm2-offset-syncs.A.internal` on B holds the syncs of A->B
/// where those are kept on the target, and of B->A where those are kept on the source, MM2's default.
public enum SyncsOrigin: Hashable, Sendable {
    case missing
    case empty
    /// Our own mirror.
    case strictMirror
    /// A capture: a copy of what the source holds, which may lag behind it.
    case capture
    /// Stock MM2, of either flow.
    case unmarked
    /// Our own mirror, for this flow and not the one that was asked for.
    case anotherFlow(String)

    /// - Parameter flow: The one that the topic is to be read for.
    /// - Throws: ``KafkaError``.
    public init(of topic: String, on cluster: any KafkaCluster, for flow: ReplicationFlow) async throws {
        let partition = TopicPartition(topic: topic, partition: 0)
        guard try await cluster.topics()[topic] != nil, let bounds = try await cluster.logBounds(of: [partition])[partition] else {
            self = .missing
            return
        }
        // The newest record survives compaction; some control records may lie above it.
        let newest = LogRange(partition, LogBounds(start: max(bounds.start, bounds.end - 100), end: bounds.end))
        let own = FlowMarker.encoded(flow)
        self = try await cluster.scan([newest], into: .empty) { origin, message in
            let isStrict = message.withHeader(StrictMarker.headerName) { $0 != nil }
            let other = message.withHeader(FlowMarker.headerName) { bytes in
                bytes.flatMap { $0.elementsEqual(own) ? nil : String(decoding: $0, as: UTF8.self) }
            }
            origin = other.map { .anotherFlow($0) } ?? (CapturedMarker(of: message) != nil ? .capture : isStrict ? .strictMirror : .unmarked)
        }
    }
}

extension ReplicationFlow {
    /// Who wrote this flow's offset syncs, on the cluster that ``offsetSyncsLocation`` means.
    ///
    /// - Throws: ``SyncsOfAnotherFlow`` where they are not this flow's at all, ``KafkaError``.
    public func syncsOrigin(on cluster: any KafkaCluster) async throws -> SyncsOrigin {
        let origin = try await SyncsOrigin(of: offsetSyncsTopic, on: cluster, for: self)
        if case .anotherFlow(let other) = origin { throw SyncsOfAnotherFlow(topic: offsetSyncsTopic, cluster: cluster.name, flow: other) }
        return origin
    }
}

/// The topic that is to be read holds another flow's offset syncs: by them, records would be skipped.
public struct SyncsOfAnotherFlow: Error, CustomStringConvertible {
    public var topic: String
    public var cluster: String
    public var flow: String

    public var description: String {
        """
        '\(topic)' on '\(cluster)' holds the offset syncs of \(flow), not this flow's. Nothing was planned.
          Say where this flow's mirror keeps them: --set offset-syncs.topic.location=source or =target.
        """
    }
}
