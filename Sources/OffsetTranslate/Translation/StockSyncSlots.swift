/// The 64 slots that stock's `OffsetSyncStore` keeps of one partition, never empty.
///
/// Slot 0 is the newest sync, slot 63 the earliest usable one. For slots i < j that hold different syncs:
/// - B, recent enough: `slot[i].upstream <= slot[j].upstream + 2^j - 2^i`;
/// - C, far enough apart: `slot[i].upstream >= slot[j].upstream + 2^max(i - 2, 0)`.
///
/// Syncs only ever move to higher slots, so equal slots are neighbours: kept are the distinct syncs and, as a bit mask,
/// the slots at which the next one begins. "Different" means appended apart, even if the offsets are equal.
struct StockSyncSlots: Sendable {
    typealias Sync = StrictMarker.Pair

    static let count = UInt64.bitWidth

    /// Oldest first, so that the frequent change is at the array's end.
    private(set) var syncs: [Sync]
    /// Bit i: slot i holds another sync than slot i - 1. Bit 0 is always set.
    private(set) var starts: UInt64

    init(_ sync: Sync) {
        syncs = [sync]
        starts = 1
    }

    /// As they were; `nil` where the two don't belong together.
    init?(syncs: [Sync], starts: UInt64) {
        guard !syncs.isEmpty, starts & 1 == 1, starts.nonzeroBitCount == syncs.count else { return nil }
        self.syncs = syncs
        self.starts = starts
    }

    /// Newest first.
    var distinct: [Sync] { syncs.reversed() }

    subscript(slot: Int) -> Sync { syncs[syncs.count - 1 - age(slot)] }

    /// The newest sync at or before an upstream offset.
    func newest(notAfter upstreamOffset: Int64) -> Sync? {
        syncs.last { $0.upstreamOffset <= upstreamOffset }
    }

    /// Makes `sync` the newest and lets as few others go as B and C allow.
    mutating func insert(_ sync: Sync) {
        // What was synced before a rewind tells nothing about the offsets that come now.
        guard sync.upstreamOffset >= self[0].upstreamOffset else {
            self = StockSyncSlots(sync)
            return
        }
        let plan = plan(for: sync)
        starts = plan.starts
        var end = 0
        for index in syncs.indices where plan.keeps(age: syncs.count - 1 - index) {
            syncs[end] = syncs[index]
            end += 1
        }
        syncs.removeLast(syncs.count - end)
        syncs.append(sync)
    }

    /// The slots after an insertion.
    fileprivate struct Plan {
        var starts: UInt64
        /// Bit n: the n-th newest of the syncs there are now stays.
        var kept: UInt64
    }

    private func plan(for sync: Sync) -> Plan {
        let new = Occupant(age: -1, upstream: sync.upstreamOffset)
        var plan = Plan(starts: 1, kept: 0)
        var previous = new
        var replacement = new
        var candidateSlot = 0
        for slot in 1 ..< Self.count {
            var skips: Bool
            repeat {
                let candidate = occupant(candidateSlot)
                let isFarFromPrevious = isFarEnough(previous, candidate, slot - 1)
                let promotes =
                    isFarFromPrevious && isRecentEnough(previous, candidate, slot - 1, slot)
                    && (slot + 1 == Self.count || isFarEnough(candidate, occupant(slot + 1), slot))
                if promotes { replacement = candidate }
                // Too close to the previous slot now is too close in every later one.
                skips = !isFarFromPrevious || !isStart(candidateSlot + 1)
                if promotes || skips { candidateSlot += 1 }
            } while skips && candidateSlot < slot

            let current = occupant(slot)
            guard !isRecentEnough(previous, current, slot - 1, slot) else {
                plan.keepTail(from: slot, starts: starts, first: current, after: previous)
                break
            }
            plan.put(replacement, in: slot, after: previous)
            previous = replacement
        }
        return plan
    }

    // MARK: Slots

    /// A sync in a slot: told from others by its age, as stock tells them by the object's identity.
    fileprivate struct Occupant {
        /// How many of the syncs there are now are newer; -1 is the one being inserted.
        var age: Int
        var upstream: Int64
    }

    private func age(_ slot: Int) -> Int {
        (starts & (UInt64.max >> UInt64(Self.count - 1 - slot))).nonzeroBitCount - 1
    }

    private func isStart(_ slot: Int) -> Bool { slot == Self.count || starts & (1 << UInt64(slot)) != 0 }

    private func occupant(_ slot: Int) -> Occupant {
        let age = age(slot)
        return Occupant(age: age, upstream: syncs[syncs.count - 1 - age].upstreamOffset)
    }

    // MARK: Invariants. A bound past the last 64-bit offset wraps to a negative one, in Java as here.

    /// B for the syncs `newer` in slot `i` and `older` in slot `j`.
    private func isRecentEnough(_ newer: Occupant, _ older: Occupant, _ i: Int, _ j: Int) -> Bool {
        let bound = older.upstream &+ (Int64(1) << Int64(j)) &- (Int64(1) << Int64(i))
        return newer.age == older.age || bound < 0 || newer.upstream <= bound
    }

    /// C for the sync `newer` in slot `i` and `older` in any later one.
    private func isFarEnough(_ newer: Occupant, _ older: Occupant, _ i: Int) -> Bool {
        let bound = older.upstream &+ (Int64(1) << Int64(max(i - 2, 0)))
        return newer.age == older.age || (bound >= 0 && newer.upstream >= bound)
    }
}

extension StockSyncSlots.Plan {
    fileprivate func keeps(age: Int) -> Bool { kept & (1 << UInt64(age)) != 0 }

    fileprivate mutating func put(_ occupant: StockSyncSlots.Occupant, in slot: Int, after previous: StockSyncSlots.Occupant) {
        guard occupant.age != previous.age else { return }
        starts |= 1 << UInt64(slot)
        kept |= 1 << UInt64(occupant.age)
    }

    /// Takes over the slots from `slot` on as they are.
    fileprivate mutating func keepTail(
        from slot: Int, starts old: UInt64, first: StockSyncSlots.Occupant, after previous: StockSyncSlots.Occupant
    ) {
        put(first, in: slot, after: previous)
        let tail = UInt64.max << UInt64(slot + 1)
        starts |= old & tail
        let further = (old & tail).nonzeroBitCount
        // The tail's syncs are the oldest there are: those right after `first`.
        for age in first.age ..< first.age + further { kept |= 1 << UInt64(age + 1) }
    }
}
