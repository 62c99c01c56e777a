@testable import OffsetTranslate
import TestSupport
import Testing

/// What `OffsetSyncStoreTest` promises of the 64 slots: the invariants, and how many syncs one insertion may cost.
@Suite struct StockSyncSlotsTests {
    /// The most syncs that one insertion expired; checks that the newest and the first one are always there.
    private func mostExpired(first: Int64 = 0, steps: some Sequence<Int64>) -> Int {
        var slots = StockSyncSlots(.init(upstreamOffset: first, downstreamOffset: first))
        var offset = first
        var count = 1
        var most = 0
        for step in steps {
            offset += step
            slots.insert(.init(upstreamOffset: offset, downstreamOffset: offset))
            guard slots[0].upstreamOffset == offset, slots[63].upstreamOffset == first else { return .max }
            let now = slots.distinct.count
            most = max(most, count + 1 - now)
            count = now
        }
        return most
    }

    @Test func evenStepsExpireOneAtMost() {
        let count: Int64 = 100
        var step: Int64 = 1
        while step < Int64.max / count {
            for first in [0, 1, 2, 7, 29] as [Int64] {
                #expect(mostExpired(first: first, steps: repeatElement(step, count: Int(count - 1))) <= 1, "step \(step)")
            }
            step = step * 2 + 1
        }
    }

    @Test func randomStepsExpireNoMoreThanTheirBitsAllow() {
        var dice = SeededGenerator(seed: 0)
        for bits in 1 ..< 54 {
            let limit = Int64(1) << Int64(bits)
            for least in [0, 1 << 16] as [Int64] where limit < Int64.max / 2048 {
                let steps = (0 ..< 512).map { _ in Int64.random(in: least ..< least + limit, using: &dice) }
                #expect(mostExpired(steps: steps) <= bits + 2, "\(bits) bits from \(least)")
            }
        }
    }

    @Test func droppedSyncsExpireTwoAtMost() {
        var dice = SeededGenerator(seed: 1)
        let steps = (0 ..< 5_000).map { _ in Int64(Bool.random(using: &dice) ? 200 : 100) }
        #expect(mostExpired(steps: steps) <= 2)
    }

    @Test func slotsStayInOrderAndWithinBounds() {
        var dice = SeededGenerator(seed: 2)
        for _ in 0 ..< 20 {
            let bits = Int64.random(in: 1 ... 40, using: &dice)
            var slots = StockSyncSlots(.init(upstreamOffset: 0, downstreamOffset: 0))
            var offset: Int64 = 0
            for _ in 0 ..< 60 {
                offset += Int64.random(in: 1 ... (1 << bits), using: &dice)
                slots.insert(.init(upstreamOffset: offset, downstreamOffset: offset))
            }
            #expect(violations(slots).isEmpty)
        }
    }

    private func violations(_ slots: StockSyncSlots) -> [String] {
        var found: [String] = []
        for j in 1 ..< 64 {
            for i in 0 ..< j where slots[i] != slots[j] {
                let distance = slots[i].upstreamOffset - slots[j].upstreamOffset
                if distance < Int64(1) << Int64(max(i - 2, 0)) { found.append("C(\(i), \(j)): \(distance)") }
                let most = (UInt64(1) << UInt64(j)) - (UInt64(1) << UInt64(i))
                if UInt64(clamping: distance) > most { found.append("B(\(i), \(j)): \(distance)") }
            }
        }
        return found
    }

    @Test func equalSyncsAreOne() {
        var slots = StockSyncSlots(.init(upstreamOffset: 7, downstreamOffset: 3))
        for _ in 0 ..< 3 { slots.insert(.init(upstreamOffset: 7, downstreamOffset: 3)) }
        #expect((0 ..< 64).allSatisfy { slots[$0] == slots[0] })
        slots.insert(.init(upstreamOffset: 7, downstreamOffset: 9))
        #expect(slots.newest(notAfter: 7)?.downstreamOffset == 9)
    }
}
