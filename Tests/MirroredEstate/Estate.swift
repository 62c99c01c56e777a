public import InMemoryKafka
public import KafkaClient
public import OffsetTranslate

public func place(_ topic: String, _ partition: Int32 = 0) -> TopicPartition { TopicPartition(topic: topic, partition: partition) }

/// Two in-memory clusters and what a mirror between them left behind.
public struct Estate: Sendable {
    public let flow: ReplicationFlow
    public let west = InMemoryCluster("west")
    public let east = InMemoryCluster("east")

    public init(_ policy: any ReplicationPolicy = DefaultReplicationPolicy(), syncsOn location: OffsetSyncsLocation = .target) {
        flow = ReplicationFlow(from: "west", to: "east", policy: policy, offsetSyncsLocation: location)
    }

    /// The cluster that has the offset syncs.
    public var syncs: InMemoryCluster { flow.offsetSyncsLocation == .target ? east : west }

    /// A source partition and its copy, with logs up to these ends.
    public func mirror(_ source: TopicPartition, upTo sourceEnd: Int64, copiedTo targetEnd: Int64) {
        let target = flow.target(of: source)
        west.update { $0.log(source) { $0.extend(to: sourceEnd) } }
        east.update { $0.log(target) { $0.extend(to: targetEnd) } }
    }

    /// An offset sync; `after` names the one before it, as a strict mirror does.
    public func sync(_ source: TopicPartition, _ upstream: Int64, _ downstream: Int64, strictAfter previous: (Int64, Int64)? = nil, isStrict: Bool = false) throws {
        let sync = OffsetSync(topicPartition: source, upstreamOffset: upstream, downstreamOffset: downstream)
        let marker = StrictMarker(previous: previous.map { .init(upstreamOffset: $0.0, downstreamOffset: $0.1) })
        let headers = isStrict || previous != nil ? [Header(name: StrictMarker.headerName, value: marker.encoded())] : []
        let record = Record(key: try sync.encodedKey(), value: sync.encodedValue(), headers: headers, timestamp: 1_000)
        let topic = flow.offsetSyncsTopic
        syncs.update { _ = $0.append(record, to: place(topic)) }
    }

    public func checkpoint(
        _ group: String, _ source: TopicPartition, _ upstream: Int64, _ downstream: Int64, metadata: String = "", isExact: Bool = false,
        at timestamp: Int64 = 2_000, isCaptured: Bool = false
    ) throws {
        let checkpoint = Checkpoint(
            group: group, topicPartition: flow.target(of: source), upstreamOffset: upstream, downstreamOffset: downstream,
            metadata: metadata)
        let headers = isExact ? [Header(name: ExactCheckpointMarker.headerName, value: ExactCheckpointMarker.encoded())] : []
        let record = Record(
            key: try checkpoint.encodedKey(), value: try checkpoint.encodedValue(), headers: headers, timestamp: timestamp)
        let topic = isCaptured ? flow.capturedTopic : flow.checkpointsTopic
        east.update { _ = $0.append(record, to: place(topic)) }
    }

    public func commitOnSource(_ group: String, _ source: TopicPartition, _ offset: Int64, metadata: String = "") {
        west.update { $0.commit(offset, metadata: metadata, source, by: group) }
    }

    public func commitOnTarget(_ group: String, _ source: TopicPartition, _ offset: Int64, metadata: String = "") {
        let target = flow.target(of: source)
        east.update { $0.commit(offset, metadata: metadata, target, by: group) }
    }
}
