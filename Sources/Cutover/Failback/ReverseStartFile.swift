internal import Foundation
public import KafkaClient
public import OffsetTranslate

/// Where a reverse mirror begins, as a file: what `failover failback` writes and `failover mirror --start-from` reads.
public struct ReverseStartFile: Codable, Sendable, Hashable {
    public var formatVersion = Self.version
    /// Aliases of the reverse flow: its source is where the groups stand.
    public var source: String
    public var target: String
    /// Of the reverse flow.
    public var offsetSyncsLocation: OffsetSyncsLocation
    public var starts: [Entry]

    public static let version = 1

    public struct Entry: Codable, Sendable, Hashable {
        public var topic: String
        public var partition: Int32
        public var offset: Int64
        public var targetTopic: String
        public var targetOffset: Int64
        public var lastCopy: CopyPair?

        public init(_ start: ReverseStart) {
            topic = start.partition.topic
            partition = start.partition.partition
            offset = start.offset
            targetTopic = start.target.topic
            targetOffset = start.targetOffset
            lastCopy = start.lastCopy
        }

        public var start: ReverseStart {
            ReverseStart(
                partition: TopicPartition(topic: topic, partition: partition), offset: offset,
                target: TopicPartition(topic: targetTopic, partition: partition), targetOffset: targetOffset, lastCopy: lastCopy)
        }
    }

    public init(_ plan: FailbackPlan) {
        source = plan.groups.sourceAlias
        target = plan.groups.targetAlias
        offsetSyncsLocation = plan.offsetSyncsLocation
        starts = plan.starts.map(Entry.init)
    }

    /// - Throws: ``ReverseStartFileError``.
    public init(path: String) throws(ReverseStartFileError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw ReverseStartFileError(path: path, problem: (error as? DecodingError)?.place ?? error.localizedDescription)
        }
        guard formatVersion == Self.version else {
            throw ReverseStartFileError(path: path, problem: "it has format version \(formatVersion); this program reads \(Self.version)")
        }
        let negative = starts.contains {
            min($0.offset, $0.targetOffset, $0.lastCopy?.copy ?? 0, $0.lastCopy?.original ?? 0, Int64($0.partition)) < 0
        }
        if negative { throw ReverseStartFileError(path: path, problem: "it holds a negative offset or partition") }
        guard Set(starts.map(\.start.partition)).count == starts.count else {
            throw ReverseStartFileError(path: path, problem: "it names a partition twice")
        }
    }

    /// - Throws: ``ReverseStartFileError`` where it is for another flow.
    public func starts(of flow: ReplicationFlow, _ path: String) throws(ReverseStartFileError) -> [TopicPartition: ReverseStart] {
        guard source == flow.sourceAlias, target == flow.targetAlias else {
            throw ReverseStartFileError(path: path, problem: "it is for the flow \(source)->\(target), not \(flow.sourceAlias)->\(flow.targetAlias)")
        }
        return Dictionary(starts.map { ($0.start.partition, $0.start) }) { $1 }
    }

    /// Writes it whole, or not at all.
    /// - Throws: ``ReverseStartFileError``.
    public func write(to path: String) throws(ReverseStartFileError) {
        do {
            try JSONEncoder.sorted(.prettyPrinted).encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ReverseStartFileError(path: path, problem: error.localizedDescription)
        }
    }
}

/// A file of starts that can't be read or written.
public struct ReverseStartFileError: Error, CustomStringConvertible {
    public var path: String
    public var problem: String

    public init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    public var description: String { "the file '\(path)' does not say where the reverse mirror begins: \(problem.singleLine)" }
}
