internal import KafkaClient

/// Numbers partitions in the order in which they are first met, and finds them by the bytes of a topic's name, without
/// making a string.
///
/// Names are kept once for all partitions of a topic. A partition takes 8 bytes, and 6 to 11 in the table.
struct PartitionIndex: Sendable {
    private struct Entry: Sendable {
        var topic: UInt32
        var partition: Int32
    }

    /// All topics' names, one after the other.
    private var names: [UInt8] = []
    /// Where each name ends.
    private var nameEnds: [Int] = []
    private var entries: [Entry] = []
    private var topicTable = NumberTable()
    private var table = NumberTable()
    /// Of this index alone, so that nobody can choose names that collide.
    private let seed = UInt64.random(in: 0...UInt64.max)

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
        table.number(hash: hash(topic, partition)) { number in
            let entry = entries[number]
            return entry.partition == partition && isName(entry.topic, topic)
        }
    }

    /// The partition's number, a new one if it has none.
    mutating func insert(_ partition: TopicPartition) -> Int {
        if let known = number(of: partition) { return known }
        var name = partition.topic
        let topic = name.withUTF8 { topicNumber(UnsafeRawBufferPointer($0)) }
        entries.append(Entry(topic: topic, partition: partition.partition))
        if table.isFull { table.grow(entries.indices.map { hash(of: $0) }) } else { table.append(hash(of: entries.count - 1)) }
        return entries.count - 1
    }

    private mutating func topicNumber(_ topic: UnsafeRawBufferPointer) -> UInt32 {
        if let known = topicTable.number(hash: hash(topic, 0), where: { isName(UInt32($0), topic) }) { return UInt32(known) }
        names += topic
        nameEnds.append(names.count)
        if topicTable.isFull {
            topicTable.grow(nameEnds.indices.map { hash(ofName: UInt32($0), 0) })
        } else {
            topicTable.append(hash(topic, 0))
        }
        return UInt32(nameEnds.count - 1)
    }

    /// Gives back what growing has left over.
    mutating func trim() {
        names.trim()
        nameEnds.trim()
        entries.trim()
    }

    private func range(of topic: UInt32) -> Range<Int> { (topic == 0 ? 0 : nameEnds[Int(topic) - 1])..<nameEnds[Int(topic)] }

    private func isName(_ number: UInt32, _ topic: UnsafeRawBufferPointer) -> Bool {
        let range = range(of: number)
        guard range.count == topic.count else { return false }
        return names.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[range]).hasSameBytes(as: topic) }
    }

    private func hash(of number: Int) -> UInt64 { hash(ofName: entries[number].topic, entries[number].partition) }

    private func hash(ofName number: UInt32, _ partition: Int32) -> UInt64 {
        names.withUnsafeBytes { hash(UnsafeRawBufferPointer(rebasing: $0[range(of: number)]), partition) }
    }

    private func hash(_ topic: UnsafeRawBufferPointer, _ partition: Int32) -> UInt64 {
        topic.hash(seed: seed).mixed(with: UInt64(UInt32(bitPattern: partition)))
    }
}

/// Finds numbers, given out from 0 on, by a hash of what they stand for: open addressing, a power of two in size, at most
/// three quarters full.
private struct NumberTable: Sendable {
    /// 0 is free, else a number + 1.
    private var slots: [UInt32] = [0]
    private var count = 0

    @inline(__always)
    func number(hash: UInt64, where isIt: (Int) -> Bool) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if isIt(number) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Another number needs more slots.
    var isFull: Bool { (count + 1) * 4 > slots.count * 3 }

    /// Adds the next number.
    mutating func append(_ hash: UInt64) {
        put(count, hash)
        count += 1
    }

    /// Makes room, and takes in every number there is by its hash.
    mutating func grow(_ hashes: [UInt64]) {
        slots = Array(repeating: 0, count: max(8, slots.count * 2))
        count = 0
        for hash in hashes { append(hash) }
    }

    private mutating func put(_ number: Int, _ hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(number + 1)
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes at a time; the last ones overlap those before, where there are eight.
    private func word(_ offset: Int) -> UInt64 {
        if count >= 8 { return loadUnaligned(fromByteOffset: Swift.min(offset, count - 8), as: UInt64.self) }
        return reduce(0) { $0 << 8 | UInt64($1) }
    }

    fileprivate func hash(seed: UInt64) -> UInt64 {
        var hash = seed
        for offset in stride(from: 0, to: count, by: 8) {
            hash = hash.mixed(with: word(offset))
        }
        return hash
    }

    /// For two of one length.
    fileprivate func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        for offset in stride(from: 0, to: count, by: 8) where word(offset) != other.word(offset) { return false }
        return true
    }
}

extension UInt64 {
    fileprivate func mixed(with other: UInt64) -> UInt64 {
        let product = (self ^ other).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
