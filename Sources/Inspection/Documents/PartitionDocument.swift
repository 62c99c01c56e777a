import KafkaClient
import OffsetTranslate

/// One partition that a flow copies as JSON; docs/json.md describes it. Members without a value are missing.
public struct PartitionDocument: Encodable, Sendable {
    public var sourceTopic: String
    public var targetTopic: String
    public var partition: Int32
    public var sourceStart: Int64?
    public var sourceEnd: Int64?
    public var targetStart: Int64?
    public var targetEnd: Int64?
    public var lastSync: Sync?
    public var lag: Int64?
    public var lagMilliseconds: Int64?

    public struct Sync: Encodable, Sendable {
        public var upstreamOffset: Int64
        public var downstreamOffset: Int64
        public var timestamp: Int64?
    }

    public init(_ partition: PartitionSituation) {
        sourceTopic = partition.source.topic
        targetTopic = partition.target.topic
        self.partition = partition.source.partition
        sourceStart = partition.sourceLog?.start
        sourceEnd = partition.sourceLog?.end
        targetStart = partition.targetLog?.start
        targetEnd = partition.targetLog?.end
        lastSync = partition.lastSync.map {
            Sync(upstreamOffset: $0.upstreamOffset, downstreamOffset: $0.downstreamOffset, timestamp: $0.timestamp < 0 ? nil : $0.timestamp)
        }
        lag = partition.lag?.offsets
        lagMilliseconds = partition.lag?.age.map { $0.milliseconds }
    }
}

/// Partitions of a flow as JSON: of `/api/v1/partitions`.
public struct PartitionsDocument: Encodable, Sendable {
    public var formatVersion = 1
    public var source: String
    public var target: String
    /// Milliseconds since the epoch.
    public var takenAt: Int64
    public var partitions: [PartitionDocument]
    /// How many more there are.
    public var omitted: Int

    public init(_ survey: FlowSurvey, partitions: [PartitionDocument], omitted: Int = 0) {
        source = survey.sourceAlias
        target = survey.targetAlias
        takenAt = survey.takenAt
        self.partitions = partitions
        self.omitted = omitted
    }
}
