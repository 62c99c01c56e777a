internal import KafkaClient

/// Numbers partitions in the order in which they are first met, and finds them by the bytes of a topic's name, without
/// making a string.
///
/// Names are kept once for all partitions of a topic. A partition takes 8 bytes, and 4 to 8 in the table.
struct PartitionIndex: Sendable {
    private struct Entry: Sendable {
        var topic: UInt32
        var partition: Int32
    }

    /// All topics' names, one after the other.
    private var names: [UInt8] = []
    /// Where each name ends.
    private var nameEnds: [Int] = []
    private var topicNumbers: [String: UInt32] = [:]
    private var entries: [Entry] = []
    /// Open addressing; a power of two in size, at most three quarters full. 0 is free, else an entry's number + 1.
    private var slots: [UInt32] = [0]
    /// Nobody can choose topics' names so that they collide.
    private let seed = UInt64.random(in: .min ... .max)

    var count: Int { entries.count }

    subscript(number: Int) -> TopicPartition {
        let entry = entries[number]
        return TopicPartition(topic: String(decoding: names[range(of: entry.topic)], as: UTF8.self), partition: entry.partition)
    }

    func number(of partition: TopicPartition) -> Int? {
        var topic = partition.topic
        return topic.withUTF8 { number(topic: UnsafeRawBufferPointer($0), partition: partition.partition) }
    }

    /// Complexity: constant, and linear in the length of the name.
    func number(topic: UnsafeRawBufferPointer, partition: Int32) -> Int? {
        let found = slots[slot(topic, partition)]
        return found == 0 ? nil : Int(found) - 1
    }

    /// The partition's number, a new one if it has none.
    mutating func insert(_ partition: TopicPartition) -> Int {
        if let known = number(of: partition) { return known }
        if (entries.count + 1) * 4 > slots.count * 3 { grow() }
        entries.append(Entry(topic: topicNumber(partition.topic), partition: partition.partition))
        var topic = partition.topic
        let free = topic.withUTF8 { slot(UnsafeRawBufferPointer($0), partition.partition) }
        slots[free] = UInt32(entries.count)
        return entries.count - 1
    }

    private mutating func topicNumber(_ topic: String) -> UInt32 {
        if let known = topicNumbers[topic] { return known }
        let number = UInt32(nameEnds.count)
        names += topic.utf8
        nameEnds.append(names.count)
        topicNumbers[topic] = number
        return number
    }

    private func range(of topic: UInt32) -> Range<Int> { (topic == 0 ? 0 : nameEnds[Int(topic) - 1])..<nameEnds[Int(topic)] }

    /// Where the partition is in the table, or the free place where it belongs.
    private func slot(_ topic: UnsafeRawBufferPointer, _ partition: Int32) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(topic, partition)) & mask
        while true {
            let found = slots[slot]
            if found == 0 { return slot }
            let entry = entries[Int(found) - 1]
            if entry.partition == partition, isName(entry.topic, topic) { return slot }
            slot = (slot + 1) & mask
        }
    }

    /// Eight bytes at a time, each folded by a full multiplication.
    private func hash(_ topic: UnsafeRawBufferPointer, _ partition: Int32) -> UInt64 {
        func folded(_ hash: UInt64, _ word: UInt64) -> UInt64 {
            let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
            return product.high ^ product.low
        }
        var hash = folded(seed, UInt64(UInt32(bitPattern: partition)) << 32 | UInt64(UInt32(truncatingIfNeeded: topic.count)))
        var offset = 0
        while topic.count - offset >= 8 {
            hash = folded(hash, topic.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        for byte in topic[offset...] { rest = rest << 8 | UInt64(byte) }
        return folded(hash, rest)
    }

    private func isName(_ number: UInt32, _ topic: UnsafeRawBufferPointer) -> Bool {
        let range = range(of: number)
        guard range.count == topic.count else { return false }
        return names.withUnsafeBytes { names in
            for offset in topic.indices where topic[offset] != names[range.lowerBound + offset] { return false }
            return true
        }
    }

    mutating func trim() {
        names = names.withUnsafeBufferPointer(Array.init)
        entries = entries.withUnsafeBufferPointer(Array.init)
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: max(8, slots.count * 2))
        for (number, entry) in entries.enumerated() {
            let free = names.withUnsafeBytes { slot(UnsafeRawBufferPointer(rebasing: $0[range(of: entry.topic)]), entry.partition) }
            slots[free] = UInt32(number + 1)
        }
    }
}
