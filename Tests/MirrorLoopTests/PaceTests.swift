import KafkaClient
import Testing

@testable import MirrorLoop

/// Tier 1: rounds and their intervals, without a clock.
@Suite struct PaceTests {
    private let zero = ContinuousClock.now

    @Test func aLateRoundIsSaidOnceAndRests() {
        var pace = Pace("a round", every: .seconds(60), "x.interval.seconds")
        let onTime = pace.next(after: zero, ended: zero + .seconds(60))
        #expect(onTime.at == zero + .seconds(66) && onTime.warning == nil)
        let late = pace.next(after: zero, ended: zero + .seconds(61))
        #expect(late.at == zero + .seconds(67))
        #expect(late.warning == "a round took 61.0 s, longer than x.interval.seconds (60.0 s): what is written is as much older")
        #expect(pace.next(after: zero, ended: zero + .seconds(70)).warning == nil)
        #expect(pace.next(after: zero, ended: zero + .seconds(1)).at == zero + .seconds(60))
        #expect(pace.next(after: zero, ended: zero + .seconds(62)).warning != nil)
    }

    @Test func groupsAreListedAtTheirOwnInterval() async throws {
        struct Failure: Error {}
        var groups = SourceGroups(every: .seconds(600))
        await #expect(throws: Failure.self) { _ = try await groups.current(at: zero) { throw Failure() } }
        #expect(try await groups.current(at: zero) { ["a"] } == ["a"])
        #expect(try await groups.current(at: zero + .seconds(599)) { ["b"] } == ["a"])
        // What is known stays known when the listing fails, and is asked for again.
        await #expect(throws: Failure.self) { _ = try await groups.current(at: zero + .seconds(600)) { throw Failure() } }
        #expect(try await groups.current(at: zero + .seconds(601)) { ["b"] } == ["b"])
        var once = SourceGroups(every: nil)
        #expect(try await once.current(at: zero) { ["a"] } == ["a"])
        #expect(try await once.current(at: zero + .seconds(6000)) { ["b"] } == ["a"])
    }
}
