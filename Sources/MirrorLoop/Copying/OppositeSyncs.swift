internal import KafkaClient
internal import OffsetTranslate

/// Tells the opposite flow's offset syncs from a flow's own, where both would keep them in one topic.
///
/// `mm2-offset-syncs.A.internal` on B is where A->B keeps its syncs on the target, and B->A on its source, MM2's default. Both
/// kinds name nothing but a topic and two offsets, so the records there decide: a sync is the opposite flow's where its two
/// records are equal on the opposite flow's topics, and on the flow's own there is no such copy.
struct OppositeSyncs {
    let flow: ReplicationFlow
    let source: any KafkaCluster
    let target: any KafkaCluster

    private var opposite: ReplicationFlow {
        ReplicationFlow(from: flow.targetAlias, to: flow.sourceAlias, policy: flow.policy)
    }

    /// How many syncs are looked at: those of one flow are alike.
    private static let samples = 16

    private struct Place: Hashable {
        var partition: TopicPartition
        var offset: Int64

        var range: LogRange { LogRange(partition, LogBounds(start: offset, end: offset.addingReportingOverflow(1).partialValue)) }
    }

    /// Where a sync's record and its copy are, if it is one flow's.
    private struct Claim {
        var original: Place
        var copy: Place

        init(_ flow: ReplicationFlow, _ partition: TopicPartition, _ pair: SyncEmitter.Pair) {
            original = Place(partition: partition, offset: pair.upstreamOffset)
            copy = Place(partition: flow.target(of: partition), offset: pair.downstreamOffset)
        }
    }

    /// A partition whose newest sync is the opposite flow's; `nil` where none is shown to be.
    func first(in syncs: [TopicPartition: SyncEmitter.Pair]) async throws -> TopicPartition? {
        let claims = syncs.sorted { $0.key < $1.key }.map { (own: Claim(flow, $0.key, $0.value), opposite: Claim(opposite, $0.key, $0.value)) }
        let here = try await source.logBounds(of: Set(claims.map(\.opposite.copy.partition)).sorted())
        let there = try await target.logBounds(of: Set(claims.flatMap { [$0.opposite.original.partition, $0.own.copy.partition] }).sorted())
        func isIn(_ bounds: [TopicPartition: LogBounds], _ place: Place) -> Bool {
            bounds[place.partition].map { $0.start <= place.offset && place.offset < $0.end } ?? false
        }
        // Those first that can hardly be the flow's own.
        let possible = claims.filter { isIn(there, $0.opposite.original) && isIn(here, $0.opposite.copy) }
        let doubtful = possible.filter { !isIn(there, $0.own.copy) } + possible.filter { isIn(there, $0.own.copy) }
        let sample = doubtful.prefix(Self.samples)
        guard !sample.isEmpty else { return nil }
        let known = try await source.logBounds(of: Set(sample.map(\.own.original.partition)).sorted())
        let onSource = try await records(
            sample.map(\.opposite.copy) + sample.map(\.own.original).filter { isIn(known, $0) }, in: source)
        let onTarget = try await records(
            sample.map(\.opposite.original) + sample.map(\.own.copy).filter { isIn(there, $0) }, in: target)
        return sample.first { claim in
            guard let original = onTarget[claim.opposite.original], let copy = onSource[claim.opposite.copy], copy.matches(original) else {
                return false
            }
            // What retention has taken may have been the flow's own.
            if let end = there[claim.own.copy.partition]?.end, claim.own.copy.offset < end {
                guard let original = onSource[claim.own.original], let copy = onTarget[claim.own.copy] else { return false }
                return !copy.matches(original)
            }
            return true
        }?.own.original.partition
    }

    private func records(_ places: [Place], in cluster: any KafkaCluster) async throws -> [Place: RecordFingerprint] {
        try await cluster.scan(Set(places).map(\.range), isolation: .uncommitted, into: [:]) { records, message in
            let place = Place(partition: TopicPartition(topic: message.topic, partition: message.partition), offset: message.offset)
            records[place] = RecordFingerprint(message)
        }
    }
}
