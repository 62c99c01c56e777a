/// One partition of one topic, on whichever cluster the context names.
public struct TopicPartition: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    public var topic: String
    public var partition: Int32

    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    /// `topic-partition`, as Kafka's own tools print it.
    public var description: String { "\(topic)-\(partition)" }

    /// By topic name, then by partition number.
    public static func < (a: Self, b: Self) -> Bool {
        (a.topic, a.partition) < (b.topic, b.partition)
    }
}

/// As a key of a JSON object: `topic-partition`.
extension TopicPartition: CodingKeyRepresentable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public var codingKey: any CodingKey { Key(stringValue: description) }

    public init?(codingKey: some CodingKey) {
        let text = codingKey.stringValue
        guard let dash = text.lastIndex(of: "-"), let partition = Int32(text[text.index(after: dash)...]) else { return nil }
        self.init(topic: String(text[..<dash]), partition: partition)
    }
}
