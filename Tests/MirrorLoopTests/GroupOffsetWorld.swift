import InMemoryKafka
import KafkaClient
import Synchronization
import Testing

@testable import MirrorLoop

/// A target with groups, and the positions that a mirror has found for them.
struct GroupOffsetWorld {
    let target: InMemoryCluster
    var wanted = TranslatedPositions()
    let orders = (0..<2).map { TopicPartition(topic: "west.orders", partition: $0) }
    let stock = TopicPartition(topic: "west.stock", partition: 0)

    init() {
        var contents = ClusterContents()
        for (partition, end) in [(orders[0], Int64(1000)), (orders[1], 800), (stock, 500)] {
            contents.log(partition) { $0.extend(to: end) }
            wanted.ends[partition] = end
        }
        contents.log(orders[0]) { $0.deleteRecords(before: 100) }
        // `fresh` does not exist there. `billing` lags and has no commit in one partition; `search` is ahead in one.
        contents.commit(150, orders[0], by: "billing")
        contents.commit(400, metadata: "theirs", orders[0], by: "search")
        contents.commit(10, stock, by: "search")
        contents.activate("busy")
        contents.commit(120, orders[0], by: "busy")
        target = InMemoryCluster("east", contents)
        let position = { (offset: Int64) in CommittedOffset(offset: offset, metadata: "m") }
        wanted.groups = [
            "fresh": [orders[0]: position(50), orders[1]: position(800)],
            "billing": [orders[0]: position(200), stock: position(20)],
            "search": [orders[0]: position(300), orders[1]: position(30), stock: position(30)],
            "busy": [orders[0]: position(500)],
        ]
    }

    func sync(own: [String: [TopicPartition: Int64]] = [:]) -> GroupOffsetSync {
        var sync = GroupOffsetSync(target: target, own: own)
        let frozen = ContinuousClock.now
        sync.now = { frozen }
        return sync
    }

    func offsets(of group: String) -> [TopicPartition: Int64] { target.contents.groups[group]?.commits.mapValues(\.offset) ?? [:] }

    /// What a group may be given for a partition at most.
    func limit(_ group: String, _ partition: TopicPartition) -> Int64? {
        wanted.groups[group]?[partition].map { max($0.offset, partition == orders[0] ? 100 : 0) }
    }
}

/// Watches a target's commits from request to request: each that went backwards or too far, and the request that did it.
final class CommitWatch: Sendable {
    struct Step: Hashable, Sendable {
        var request: Request
        var group: String
        var partition: TopicPartition
        var from: Int64?
        var to: Int64?
    }

    private struct State: Sendable {
        var last: ClusterContents
        var request: Request?
        var steps: [Step] = []
    }
    private let state: Mutex<State>
    private let target: InMemoryCluster

    /// - Parameter disturb: Runs before each request, behind the watch's back.
    init(_ target: InMemoryCluster, disturb: @escaping @Sendable (Request, InMemoryCluster) -> Void = { _, _ in }) {
        self.target = target
        state = Mutex(State(last: target.contents))
        target.beforeEachRequest { [self] request, cluster in
            look(at: cluster.contents)
            disturb(request, cluster)
            state.withLock { ($0.last, $0.request) = (cluster.contents, request) }
        }
    }

    private func look(at contents: ClusterContents) {
        state.withLock { state in
            guard let request = state.request, contents.groups != state.last.groups else { return }
            for name in Set(contents.groups.keys).union(state.last.groups.keys) {
                let before = state.last.groups[name]?.commits ?? [:], after = contents.groups[name]?.commits ?? [:]
                for partition in Set(before.keys).union(after.keys) where before[partition] != after[partition] {
                    state.steps.append(
                        Step(
                            request: request, group: name, partition: partition, from: before[partition]?.offset,
                            to: after[partition]?.offset))
                }
            }
        }
    }

    /// Changes that requests made, and no disturbance.
    var steps: [Step] {
        look(at: target.contents)
        state.withLock { $0.last = target.contents }
        return state.withLock { $0.steps }
    }
}
