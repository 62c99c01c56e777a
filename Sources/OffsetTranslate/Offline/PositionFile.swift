public import KafkaClient

/// A file of committed positions, one a line: `{"topic","partition","offset"}`, with the `group` where it matters.
/// Topics have their names on the source. Any other member is passed over.
public struct PositionFile: Sendable {
    /// One line.
    public struct Line: Hashable, Sendable {
        public var group: String?
        /// On the source.
        public var topicPartition: TopicPartition
        /// The next record that is wanted.
        public var offset: Int64

        public init(group: String? = nil, topicPartition: TopicPartition, offset: Int64) {
            self.group = group
            self.topicPartition = topicPartition
            self.offset = offset
        }
    }

    /// In the order of the file.
    public let lines: [Line]

    /// - Parameter path: "-" is the standard input.
    /// - Throws: ``FileLineError``.
    public init(_ path: String) throws(FileLineError) {
        var object = FlatObject(["topic", "partition", "offset", "group"]), topic = TopicNames(), lines: [Line] = []
        try LineFile(path: path).forEachLine { line throws(LineProblem) in
            try object.read(line)
            lines.append(
                Line(
                    group: try object.string(3),
                    topicPartition: TopicPartition(topic: try topic.name(0, of: object), partition: try object.partition(1)),
                    offset: try object.required(2)))
        }
        self.lines = lines
    }
}

/// A file of the extents of the target's logs, one a line: `{"topic","partition","logStart","logEnd"}`, under the names
/// that the topics have on the source. Any other member is passed over.
public struct LogEndsFile: Sendable {
    public let bounds: [TopicPartition: LogBounds]

    /// - Parameter path: "-" is the standard input.
    /// - Throws: ``FileLineError``, also where two lines contradict each other.
    public init(_ path: String) throws(FileLineError) {
        var object = FlatObject(["topic", "partition", "logStart", "logEnd"]), topic = TopicNames()
        var bounds: [TopicPartition: LogBounds] = [:]
        try LineFile(path: path).forEachLine { line throws(LineProblem) in
            try object.read(line)
            let partition = TopicPartition(topic: try topic.name(0, of: object), partition: try object.partition(1))
            let log = LogBounds(start: try object.required(2), end: try object.required(3))
            guard log.start <= log.end else { throw LineProblem("'logStart' is above 'logEnd'") }
            guard bounds[partition] ?? log == log else { throw LineProblem("a line above says otherwise of \(partition)") }
            bounds[partition] = log
        }
        self.bounds = bounds
    }
}
