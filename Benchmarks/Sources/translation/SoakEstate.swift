import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate

/// Two embedded clusters of two brokers, and what befalls them: one thing after the other, each of a few seconds.
struct SoakEstate: Sendable {
    let source: EmbeddedCluster
    let target: EmbeddedCluster
    private let partitions: [TopicPartition]
    private let groups: [String]

    init(_ flow: ReplicationFlow, topic: String, partitions count: Int, groups: [String]) throws {
        source = try EmbeddedCluster(name: flow.sourceAlias, brokers: 2)
        target = try EmbeddedCluster(name: flow.targetAlias, brokers: 2)
        partitions = (0..<count).map { TopicPartition(topic: topic, partition: Int32($0)) }
        self.groups = groups
        try source.createTopic(topic, partitions: count)
        try target.createTopic(flow.target(of: partitions[0]).topic, partitions: count)
        for internalTopic in [flow.offsetSyncsTopic, flow.checkpointsTopic, flow.heartbeatsTopic, flow.tasksTopic] {
            try target.createTopic(internalTopic, partitions: 1)
        }
    }

    /// Until cancelled. Returns how many there were.
    func disturb(every interval: Duration, _ flow: ReplicationFlow) async -> Int {
        var count = 0
        while true {
            do { try await Task.sleep(for: interval) } catch { return count }
            await disturb(count, flow)
            count += 1
        }
    }

    private func disturb(_ number: Int, _ flow: ReplicationFlow) async {
        let broker = number / 6 % 2 + 1
        switch number % 6 {
        case 0: await away { target.goDown(broker: broker) } back: { target.comeUp(broker: broker) }
        case 1: await away { source.goDown() } back: { source.comeUp() }
        case 2:
            for partition in partitions {
                source.setLeader(of: partition, to: broker)
                target.setLeader(of: flow.target(of: partition), to: 3 - broker)
            }
            for group in groups { source.setCoordinator(ofGroup: group, to: broker) }
        case 3: await away { target.goDown() } back: { target.comeUp() }
        case 4:
            target.fail(next: .produce, with: [.notLeader, .notEnoughReplicas, .requestTimedOut])
            source.fail(next: .fetch, with: [.notLeader, .leaderNotAvailable])
            source.fail(next: .offsetFetch, with: [.notCoordinator, .coordinatorNotAvailable])
        default: await away { source.goDown(broker: broker) } back: { source.comeUp(broker: broker) }
        }
    }

    /// What was taken down comes back, also where the soak has ended meanwhile.
    private func away(_ down: () -> Void, back: () -> Void) async {
        down()
        try? await Task.sleep(for: .seconds(5))
        back()
    }
}
