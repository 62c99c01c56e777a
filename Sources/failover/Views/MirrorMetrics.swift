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
    var checkpointed: [Checkpointing]

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
        checkpointed = progress.checkpointed.sorted { ($0.key.group, $0.key.partition) < ($1.key.group, $1.key.partition) }
            .map { Checkpointing($0, $1) }
    }

    struct Partition: Encodable {
        private var counts: Counts
        private var age: Measure
        private var latency: Measure

        init(_ partition: TopicPartition, _ entry: MirrorProgress.Partition, copy: TopicPartition, seconds: Double) {
            counts = Counts(partition, entry, copy: copy, seconds: seconds)
            age = Measure("record-age-ms", entry.total.age, entry.age)
            latency = Measure("replication-latency-ms", entry.total.latency, entry.latency)
        }

        func encode(to encoder: any Encoder) throws {
            try counts.encode(to: encoder)
            try age.encode(to: encoder)
            try latency.encode(to: encoder)
        }
    }

    /// Of a group's checkpoints for one partition.
    struct Checkpointing: Encodable {
        private struct Place: Encodable {
            var group: String
            var targetTopic: String
            var partition: Int32
        }
        private var place: Place
        private var latency: Measure

        init(_ key: GroupPartition, _ entry: MirrorProgress.Checkpointing) {
            place = Place(group: key.group, targetTopic: key.partition.topic, partition: key.partition.partition)
            latency = Measure("checkpoint-latency-ms", entry.total, entry.latency)
        }

        func encode(to encoder: any Encoder) throws {
            try place.encode(to: encoder)
            try latency.encode(to: encoder)
        }
    }

    /// The last, least and greatest value since the process began, and the average of the interval, as members beside others.
    private struct Measure: Encodable {
        let name: String
        let total: CopyFlow.Spread
        let interval: CopyFlow.Mean

        init(_ name: String, _ total: CopyFlow.Spread, _ interval: CopyFlow.Mean) {
            self.name = name
            self.total = total
            self.interval = interval
        }

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            guard total.count > 0 else { return }
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(total.last, forKey: Key(stringValue: name))
            try members.encode(total.min, forKey: Key(stringValue: name + "-min"))
            try members.encode(total.max, forKey: Key(stringValue: name + "-max"))
            try members.encodeIfPresent(interval.value.map(MirrorMetrics.rounded), forKey: Key(stringValue: name + "-avg"))
        }
    }

    private struct Counts: Encodable {
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
        }

        enum CodingKeys: String, CodingKey {
            case topic, partition, targetTopic, position, halted, passedOver
            case recordCount = "record-count"
            case recordRate = "record-rate"
            case byteCount = "byte-count"
            case byteRate = "byte-rate"
            case recordLag = "record-lag"
        }
    }

    private static func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
