import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// Processes of the built command that share a flow, and die.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealSharingTests {
    /// Killed under load, one of two that share the tasks, or the one that another stands by for: whoever is left goes on within the
    /// session, and each record is there once, in order.
    @Test(arguments: [2, 1]) func theKilledAreTakenOverFrom(tasks: Int) async throws {
        let clusters = try await RealClusters()
        let copies = clusters.partitions.map { clusters.flow.target(of: $0) }
        try await clusters.target.createTopics([NewTopic(name: clusters.flow.tasksTopic, partitions: tasks, replicationFactor: 1)])
        var processes = [try Mirroring(clusters, tasks: tasks)]
        defer { for process in processes where process.process.isRunning { kill(process.process.processIdentifier, SIGKILL) } }
        try await clusters.load {
            try await eventually("the first to mirror") { processes[0].said.contains("mirroring \(clusters.topic)-2") }
            processes.append(try Mirroring(clusters, tasks: tasks))
            try await eventually("the tasks to be shared") {
                tasks == 2 ? processes[1].said.contains("of 2 are this process's") : processes.contains { $0.said.contains("standing by") }
            }
            try await Task.sleep(for: .seconds(2))
            let victim = processes.firstIndex { !$0.said.contains("standing by") } ?? 0
            try await processes[victim].end(SIGKILL)
            processes.remove(at: victim)
            let (killed, before) = (ContinuousClock.now, processes[0].said)
            try await eventually("the other to take over", within: 30) {
                processes[0].said.dropFirst(before.count).contains(tasks == 2 ? "tasks 0, 1 of 2 are this process's" : "the mirror is this process's")
            }
            print("taken over after \(ContinuousClock.now - killed)")
            try await Task.sleep(for: .seconds(1))
        }
        let wanted = try await clusters.ends(clusters.partitions, of: clusters.source)
        try await eventually("all to be over") { try await clusters.ends(copies, of: clusters.target) == wanted }
        try await processes[0].end(SIGTERM)
        #expect(processes[0].process.terminationStatus == 0, "\(processes[0].said.suffix(500))")
        try await clusters.compare(atLeast: 1001)
    }
}
