internal import KafkaClient

/// A file of offset syncs in the order of their log: what `failover syncs --output jsonl` prints, or Kafka's own
/// `OffsetSyncFormatter`.
///
/// One a line, `{"topic","partition","upstreamOffset","downstreamOffset"}` or
/// `OffsetSync{topicPartition=orders-0, upstreamOffset=3, downstreamOffset=4}`. Our own mirror's mark is in `strict` and,
/// where it names a sync before, in `previousUpstreamOffset` and `previousDownstreamOffset`; `timestamp` is the sync's own, in
/// milliseconds since the epoch. Any other member is passed over.
public struct OffsetSyncFile: Sendable {
    private let path: String

    /// - Parameter path: "-" is the standard input.
    public init(_ path: String) { self.path = path }

    /// One line.
    public struct Line: Hashable, Sendable {
        public var sync: OffsetSync
        public var marker: StrictMarker?
        public var timestamp: Int64

        public init(sync: OffsetSync, marker: StrictMarker? = nil, timestamp: Int64 = -1) {
            self.sync = sync
            self.marker = marker
            self.timestamp = timestamp
        }
    }

    /// Hands over every sync, in memory that does not grow with the file.
    ///
    /// - Throws: ``FileLineError``: what was handed over by then is not to be used.
    public func forEach(_ body: (Line) -> Void) throws(FileLineError) {
        var reader = OffsetSyncLineReader()
        try LineFile(path: path).forEachLine { line throws(LineProblem) in body(try reader.read(line)) }
    }
}

/// Reads lines one after the other: a topic's name is made once, not for each of its syncs.
struct OffsetSyncLineReader {
    private var object = FlatObject([
        "topic", "partition", "upstreamOffset", "downstreamOffset", "strict", "previousUpstreamOffset",
        "previousDownstreamOffset", "timestamp",
    ])
    private var topic = TopicNames()

    mutating func read(_ line: UnsafeRawBufferPointer) throws(LineProblem) -> OffsetSyncFile.Line {
        guard line.first != UInt8(ascii: "O") else { return try formatted(line) }
        try object.read(line)
        let sync = OffsetSync(
            topicPartition: TopicPartition(topic: try topic.name(0, of: object), partition: try object.partition(1)),
            upstreamOffset: try object.required(2), downstreamOffset: try object.required(3))
        var marker: StrictMarker?
        let upstream = try object.integer(5), downstream = try object.integer(6)
        if try object.boolean(4) ?? false {
            guard (upstream == nil) == (downstream == nil) else {
                throw LineProblem("one of 'previousUpstreamOffset' and 'previousDownstreamOffset' is missing")
            }
            marker = StrictMarker(previous: upstream.flatMap { upstream in
                downstream.map { .init(upstreamOffset: upstream, downstreamOffset: $0) }
            })
        }
        return .init(sync: sync, marker: marker, timestamp: try object.integer(7, in: -1...Int64.max) ?? -1)
    }

    /// A topic's name may have dashes in it, so the partition is what follows the last one: read from the end.
    private mutating func formatted(_ line: UnsafeRawBufferPointer) throws(LineProblem) -> OffsetSyncFile.Line {
        var rest = line
        guard rest.drop(suffix: "}"), let downstream = rest.dropNumber(), rest.drop(suffix: ", downstreamOffset="),
            let upstream = rest.dropNumber(), rest.drop(suffix: ", upstreamOffset="),
            let number = rest.dropNumber(), let partition = Int32(exactly: number), rest.drop(suffix: "-"),
            rest.drop(prefix: "OffsetSync{topicPartition="), let name = topic.name(rest)
        else {
            throw LineProblem(
                "this is neither a JSON object nor OffsetSync{topicPartition=TOPIC-PARTITION, upstreamOffset=N, "
                    + "downstreamOffset=N}")
        }
        let source = TopicPartition(topic: name, partition: partition)
        return .init(sync: OffsetSync(topicPartition: source, upstreamOffset: upstream, downstreamOffset: downstream))
    }
}

extension UnsafeRawBufferPointer {
    fileprivate mutating func drop(prefix: String) -> Bool {
        guard starts(with: prefix.utf8) else { return false }
        self = UnsafeRawBufferPointer(rebasing: self[prefix.utf8.count...])
        return true
    }

    fileprivate mutating func drop(suffix: String) -> Bool {
        guard self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8) else { return false }
        self = UnsafeRawBufferPointer(rebasing: dropLast(suffix.utf8.count))
        return true
    }

    /// The digits at the end, where they make a number of 64 bits.
    fileprivate mutating func dropNumber() -> Int64? {
        let digits = reversed().prefix { $0 &- UInt8(ascii: "0") < 10 }.count
        guard digits > 0 else { return nil }
        var number: Int64 = 0
        for digit in self.suffix(digits) {
            let (tens, isTooBig) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooBigToo) = tens.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !isTooBig, !isTooBigToo else { return nil }
            number = sum
        }
        self = UnsafeRawBufferPointer(rebasing: dropLast(digits))
        return number
    }
}
