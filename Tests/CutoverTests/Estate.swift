@testable import Cutover
import InMemoryKafka
import KafkaClient
import OffsetTranslate

typealias Place = TopicPartition

func place(_ topic: String, _ partition: Int32 = 0) -> Place { TopicPartition(topic: topic, partition: partition) }

/// Two in-memory clusters and what a mirror between them left behind.
struct Estate: Sendable {
    let flow: ReplicationFlow
    let west = InMemoryCluster("west")
    let east = InMemoryCluster("east")

    init(_ policy: any ReplicationPolicy = DefaultReplicationPolicy(), syncsOn location: OffsetSyncsLocation = .target) {
        flow = ReplicationFlow(from: "west", to: "east", policy: policy, offsetSyncsLocation: location)
    }

    /// The cluster that has the offset syncs.
    var syncs: InMemoryCluster { flow.offsetSyncsLocation == .target ? east : west }

    /// A source partition and its copy, with logs up to these ends.
    func mirror(_ source: Place, upTo sourceEnd: Int64, copiedTo targetEnd: Int64) {
        let target = flow.target(of: source)
        west.update { $0.log(source) { $0.extend(to: sourceEnd) } }
        east.update { $0.log(target) { $0.extend(to: targetEnd) } }
    }

    /// An offset sync; `after` names the one before it, as a strict mirror does.
    func sync(_ source: Place, _ upstream: Int64, _ downstream: Int64, strictAfter previous: (Int64, Int64)? = nil, isStrict: Bool = false) throws {
        let sync = OffsetSync(topicPartition: source, upstreamOffset: upstream, downstreamOffset: downstream)
        let marker = StrictMarker(previous: previous.map { .init(upstreamOffset: $0.0, downstreamOffset: $0.1) })
        let headers = isStrict || previous != nil ? [Header(name: StrictMarker.headerName, value: marker.encoded())] : []
        let record = Record(key: try sync.encodedKey(), value: sync.encodedValue(), headers: headers, timestamp: 1_000)
        let topic = flow.offsetSyncsTopic
        syncs.update { _ = $0.append(record, to: place(topic)) }
    }

    func checkpoint(
        _ group: String, _ source: Place, _ upstream: Int64, _ downstream: Int64, metadata: String = "", isExact: Bool = false,
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

    func commitOnSource(_ group: String, _ source: Place, _ offset: Int64, metadata: String = "") {
        west.update { $0.commit(offset, metadata: metadata, source, by: group) }
    }

    func commitOnTarget(_ group: String, _ source: Place, _ offset: Int64, metadata: String = "") {
        let target = flow.target(of: source)
        east.update { $0.commit(offset, metadata: metadata, target, by: group) }
    }

    func planner(sourceLost: Bool = false) -> Planner {
        Planner(flow: flow, source: sourceLost ? nil : west, target: east, checking: .init(quietTime: .zero))
    }

    func plan(_ groups: String..., sourceLost: Bool = false) async throws -> CutoverPlan {
        try await planner(sourceLost: sourceLost)
            .plan(groups.isEmpty ? .all { _ in true } : .named(groups))
    }
}

extension CutoverPlan {
    /// Begins a run and carries it out.
    func apply(
        _ estate: Estate, _ journal: MemoryJournal = MemoryJournal(), parallelism: Int = 32, progress: @Sendable (Outcome) -> Void = { _ in }
    ) async throws -> [Outcome] {
        try await apply(on: estate.east, journal, parallelism: parallelism, progress: progress)
    }

    func apply(
        on target: InMemoryCluster, _ journal: MemoryJournal = MemoryJournal(), parallelism: Int = 32,
        progress: @Sendable (Outcome) -> Void = { _ in }
    ) async throws -> [Outcome] {
        var run = try await CutoverRun.begin(self, Approval(manner: "a test"), by: .test, id: .new(), journal.journal, on: target)
        run.parallelism = parallelism
        return try await run.apply(progress: progress)
    }

    /// The planned offset of a group for a source partition.
    func planned(_ group: String, _ source: Place) -> PlannedOffset? {
        offsets.first { $0.group == group && $0.source == source }
    }
}

extension Operator {
    static let test = Operator(user: "ann", host: "laptop", process: 7)
}
