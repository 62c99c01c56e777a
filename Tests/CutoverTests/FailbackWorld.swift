import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import TestSupport

/// A random history there and back, and the truth about every record of it.
struct FailbackWorld {
    enum Emission: CaseIterable { case strict, mirrorMaker, sparse }

    let seed: UInt64
    let identity: Bool
    let emission: Emission
    /// All records are equal.
    let isAlike: Bool
    let estate: Estate
    let orders = place("orders")
    var copy: Place { estate.flow.target(of: orders) }

    /// Which record stands at each offset there ever was, by its number; `nil` where none does.
    private(set) var west: [Int?] = [], east: [Int?] = []
    /// Numbers of records that were first written on the source, and on the target.
    private(set) var westBorn: Set<Int> = [], eastBorn: Set<Int> = []
    private(set) var aborted: Set<Int> = []
    /// The mirror went back, and the sync that shows it was lost.
    private(set) var hidesReturn = false
    private(set) var wasRebuilt = false
    private(set) var interleaves = false
    private(set) var hasExpired = false
    private(set) var isCompacted = false
    /// From where on the target's log has yet to come home.
    private(set) var broughtHome: Int?
    private var number = 0
    private var mirrored = 0
    private var syncs: [(Int64, Int64)] = []
    private var random: SeededGenerator

    init(seed: UInt64) throws {
        self.seed = seed
        var random = SeededGenerator(seed: seed)
        identity = Bool.random(using: &random)
        emission = Emission.allCases.randomElement(using: &random) ?? .strict
        isAlike = Int.random(in: 0..<8, using: &random) == 0
        estate = Estate(identity ? IdentityReplicationPolicy(sourceAlias: "west") : DefaultReplicationPolicy())
        self.random = random
        let (orders, copy) = (orders, copy)
        estate.west.update { $0[orders] = InMemoryLog() }
        estate.east.update { $0[copy] = InMemoryLog() }
        let syncsTopic = place(estate.flow.offsetSyncsTopic)
        estate.east.update { $0[syncsTopic] = InMemoryLog() }
        try live()
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    // MARK: Before and after the loss

    private mutating func live() throws {
        interleaves = chance(25) && !isAlike
        // Of one record alone nobody can say that it looks like others.
        if isAlike { produceWest(2) }
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            produceWest(Int.random(in: 0...6, using: &random))
            // Foreign records among copies are found by there being no room for them.
            if !interleaves, chance(30) { holeWest(Int.random(in: 1...2, using: &random)) }
            if !interleaves, chance(15) { produceAborted() }
            try mirror(Int.random(in: 0...8, using: &random))
            if chance(20) { try crash() }
            if chance(10) { holeEast(1) }
        }
        if interleaves {
            for _ in 0..<3 {
                produceEast(Int.random(in: 0...3, using: &random))
                produceWest(2)
                try mirror(Int.random(in: 0...4, using: &random))
            }
        }
        // What never gets over.
        if chance(60) { produceWest(Int.random(in: 1...6, using: &random)) }
        if chance(15), !interleaves, !isAlike { compactWest() }
        produceEast(Int.random(in: 0...9, using: &random))
        if chance(20) { holeEast(1) }
        // What others wrote among copies shows as long as the originals are there.
        if !interleaves, !isAlike, chance(20) { expire() }
        // A log made anew of records that are all alike looks like the old one.
        if !isAlike, chance(15) { rebuildWest() }
    }

    private mutating func record(_ number: Int) -> Record {
        isAlike ? Record(value: [0], timestamp: 0) : Record(value: Array("\(number)".utf8), timestamp: Int64(number))
    }

    private mutating func produceWest(_ count: Int) {
        for _ in 0..<count {
            number += 1
            westBorn.insert(number)
            appendWest(number)
        }
    }
    private mutating func produceAborted() {
        number += 1
        aborted.insert(number)
        let record = record(number), orders = orders
        estate.west.update { $0.log(orders) { _ = $0.append(record, isAborted: true) } }
        west.append(number)
    }
    private mutating func appendWest(_ number: Int) {
        let record = record(number), orders = orders
        estate.west.update { _ = $0.append(record, to: orders) }
        west.append(number)
    }
    private mutating func appendEast(_ number: Int) {
        let record = record(number), copy = copy
        estate.east.update { _ = $0.append(record, to: copy) }
        east.append(number)
    }
    private mutating func produceEast(_ count: Int) {
        for _ in 0..<count {
            number += 1
            eastBorn.insert(number)
            appendEast(number)
        }
    }
    private mutating func holeWest(_ count: Int) {
        let orders = orders
        estate.west.update { $0.log(orders) { $0.leaveHole(Int64(count)) } }
        west += Array(repeating: nil, count: count)
    }
    private mutating func holeEast(_ count: Int) {
        let copy = copy
        estate.east.update { $0.log(copy) { $0.leaveHole(Int64(count)) } }
        east += Array(repeating: nil, count: count)
    }
    private mutating func compactWest() {
        isCompacted = true
        let orders = orders
        for offset in west.indices.dropLast() where chance(30) {
            if let number = west[offset] { westBorn.remove(number) }
            estate.west.update { $0.log(orders) { $0.compact(Int64(offset)) } }
        }
    }
    private mutating func expire() {
        hasExpired = true
        let orders = orders, copy = copy
        let gone = Int64.random(in: 0...Int64(west.count), using: &random), goneEast = Int64.random(in: 0...Int64(east.count), using: &random)
        if chance(50) { estate.west.update { $0.log(orders) { $0.deleteRecords(before: gone) } } }
        if chance(50) { estate.east.update { $0.log(copy) { $0.deleteRecords(before: goneEast) } } }
    }
    private mutating func rebuildWest() {
        wasRebuilt = true
        let orders = orders
        estate.west.update { $0.recreateTopic(orders.topic) }
        west = []
        westBorn = []
        if chance(30) { produceWest(2) }
    }

    // MARK: The mirror

    /// What has yet to be copied; MM2 copies what was aborted as well.
    private func uncopied(from offset: Int) -> [Int] {
        (offset..<max(offset, west.count)).filter { index in
            guard let number = west[index] else { return false }
            return emission != .strict || !aborted.contains(number)
        }
    }

    private mutating func mirror(_ count: Int, synced: Bool = true) throws {
        for offset in uncopied(from: mirrored).prefix(count) {
            guard let number = west[offset] else { continue }
            appendEast(number)
            mirrored = offset + 1
            if synced { try sync(Int64(offset), Int64(east.count - 1)) }
        }
    }

    private mutating func sync(_ upstream: Int64, _ downstream: Int64) throws {
        let last = syncs.last
        let isBreak = last.map { $0.0 - $0.1 != upstream - downstream || downstream - $0.1 > 3 } ?? true
        switch emission {
        case .strict where isBreak: try estate.sync(orders, upstream, downstream, strictAfter: last, isStrict: true)
        case .mirrorMaker where isBreak: try estate.sync(orders, upstream, downstream)
        case .sparse where chance(25): try estate.sync(orders, upstream, downstream)
        default: return
        }
        syncs.append((upstream, downstream))
    }

    /// Some records go over without a sync; a foreign mirror then begins some records earlier.
    private mutating func crash() throws {
        let before = mirrored
        try mirror(Int.random(in: 0...3, using: &random), synced: false)
        guard emission != .strict else {
            // It takes up its predecessor's place, writes the syncs it missed, or begins a new chain.
            hidesReturn = hidesReturn || mirrored != before
            syncs = []
            return
        }
        let back = max(0, mirrored - Int.random(in: 0...3, using: &random))
        if back < mirrored { hidesReturn = true }
        mirrored = back
    }

    // MARK: The way home

    /// A mirror brings home what was written on the target, from where the plan says.
    mutating func copyHome(_ start: ReverseStart?, count: Int, reverse: ReplicationFlow) throws {
        // Nothing to bring home, or all of it.
        let from = start.map { Int($0.offset) } ?? (wasRebuilt ? 0 : east.count)
        var last: (Int64, Int64)?
        let topic = place(reverse.offsetSyncsTopic)
        let first = Int(estate.east.contents[copy]?.bounds.start ?? 0)
        broughtHome = max(from, first)
        for offset in (max(from, first)..<max(from, first, east.count)).filter({ east[$0] != nil }).prefix(count) {
            guard let number = east[offset] else { continue }
            appendWest(number)
            broughtHome = offset + 1
            let pair = (Int64(offset), Int64(west.count - 1))
            guard last.map({ $0.0 - $0.1 != pair.0 - pair.1 }) ?? true else { continue }
            let sync = OffsetSync(topicPartition: copy, upstreamOffset: pair.0, downstreamOffset: pair.1)
            let marker = StrictMarker(previous: last.map { .init(upstreamOffset: $0.0, downstreamOffset: $0.1) })
            let record = Record(
                key: try sync.encodedKey(), value: sync.encodedValue(),
                headers: [Header(name: StrictMarker.headerName, value: marker.encoded())], timestamp: 5_000)
            estate.west.update { _ = $0.append(record, to: topic) }
            last = pair
        }
    }

    // MARK: The truth

    /// What the source has and can be read there: offset and number.
    var readable: [(offset: Int64, number: Int)] {
        (estate.west.contents[orders]?.entries ?? []).filter { !$0.isAborted }.compactMap { entry in
            west[Int(entry.offset)].map { (entry.offset, $0) }
        }
    }

    /// What a group was given that stands at an offset of the target.
    func given(below offset: Int64) -> Set<Int> { Set(east.prefix(Int(offset)).compactMap { $0 }) }
}
