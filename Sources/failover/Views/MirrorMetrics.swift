import Foundation
import MirrorLoop
import OffsetTranslate

/// The metrics of one interval, for programs: MM2's names where it has the same. Described in docs/json.md.
struct MirrorMetrics: Encodable {
    var formatVersion = 1
    /// Milliseconds since the epoch.
    var time: Int64
    var seconds: Double
    var source: String
    var target: String
    var tasks: [Int]
    var taskCount: Int?
    var standingBy: Bool
    var checkpoints: Int
    var groups: Int
    var heartbeats: Int
    var partitions: [Partition]

    init(_ progress: MirrorProgress, of flow: ReplicationFlow, time: Int64) {
        self.time = time
        seconds = Self.rounded(progress.seconds)
        source = flow.sourceAlias
        target = flow.targetAlias
        tasks = progress.situation.tasks
        taskCount = progress.situation.taskCount
        standingBy = progress.situation.isStandingBy
        checkpoints = progress.checkpoints
        groups = progress.groups
        heartbeats = progress.heartbeats
        partitions = progress.partitions.sorted { $0.key < $1.key }.map { partition, entry in
            Partition(partition, entry, copy: flow.target(of: partition), seconds: progress.seconds)
        }
    }

    struct Partition: Encodable {
        var topic: String
        var partition: Int32
        var targetTopic: String
        var position: Int64?
        var halted: String?
        var recordCount: Int
        var recordRate: Double
        var byteCount: Int
        var byteRate: Double
        var passedOver: Int
        var recordLag: Int64?
        var latency: Int64?
        var latencyAverage: Double?
        var latencyMin: Int64?
        var latencyMax: Int64?

        init(_ partition: TopicPartition, _ entry: MirrorProgress.Partition, copy: TopicPartition, seconds: Double) {
            topic = partition.topic
            self.partition = partition.partition
            targetTopic = copy.topic
            position = entry.position
            halted = entry.halted
            recordCount = entry.total.records
            recordRate = MirrorMetrics.rounded(Double(entry.records) / seconds)
            byteCount = entry.total.bytes
            byteRate = MirrorMetrics.rounded(Double(entry.bytes) / seconds)
            passedOver = entry.total.passedOver
            recordLag = entry.lag
            latencyAverage = entry.averageLatency.map(MirrorMetrics.rounded)
            guard entry.total.latency.count > 0 else { return }
            latency = entry.total.latency.last
            latencyMin = entry.total.latency.min
            latencyMax = entry.total.latency.max
        }

        enum CodingKeys: String, CodingKey {
            case topic, partition, targetTopic, position, halted, passedOver
            case recordCount = "record-count"
            case recordRate = "record-rate"
            case byteCount = "byte-count"
            case byteRate = "byte-rate"
            case recordLag = "record-lag"
            case latency = "replication-latency-ms"
            case latencyAverage = "replication-latency-ms-avg"
            case latencyMin = "replication-latency-ms-min"
            case latencyMax = "replication-latency-ms-max"
        }
    }

    private static func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
