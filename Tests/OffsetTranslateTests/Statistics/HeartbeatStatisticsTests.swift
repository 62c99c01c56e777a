import OffsetTranslate
import Testing

@Suite struct HeartbeatStatisticsTests {
    private let flow = HeartbeatStatistics.Flow(sourceAlias: "west", targetAlias: "east")

    private func beats(_ times: [Int64]) throws -> HeartbeatStatistics.Beats {
        var statistics = HeartbeatStatistics()
        for time in times {
            statistics.insert(Located(entry: Heartbeat(sourceAlias: "west", targetAlias: "east", timestamp: time), offset: 0, timestamp: 1))
            // Another flow's beats end no gap of this one's.
            statistics.insert(Located(entry: Heartbeat(sourceAlias: "east", targetAlias: "west", timestamp: time + 1), offset: 0, timestamp: 1))
        }
        #expect(statistics.flows.count == 2)
        return try #require(statistics.flows[flow])
    }

    @Test func theLongestSilence() throws {
        let beats = try beats([1000, 2000, 7000, 8000])
        #expect(beats.count == 4 && beats.largestGap == 5000 && beats.times.oldest == 1000 && beats.times.newest == 8000)
        #expect(try self.beats([1000]).largestGap == 0)
    }

    @Test func aLateBeatEndsNoGap() throws {
        let beats = try beats([1000, 4000, 2000, 5000])
        #expect(beats.count == 4 && beats.largestGap == 3000 && beats.times.newest == 5000)
    }

    @Test(arguments: TranslationGoldenTests.recordings) func whatMM2Wrote(_ recording: TranslationGoldenTests.Recording) throws {
        let heartbeats: [Located<Heartbeat>] = try GoldenData.entries("\(recording.name)/heartbeats.jsonl")
        var statistics = HeartbeatStatistics()
        for heartbeat in heartbeats { statistics.insert(heartbeat) }
        let flows = Dictionary(grouping: heartbeats.map(\.entry)) { HeartbeatStatistics.Flow(sourceAlias: $0.sourceAlias, targetAlias: $0.targetAlias) }
        #expect(Set(statistics.flows.keys) == Set(flows.keys) && !flows.isEmpty)
        for (flow, beats) in flows {
            let times = beats.map(\.timestamp).sorted()
            let found = try #require(statistics.flows[flow])
            #expect(found.count == beats.count && found.times.newest == times.last)
            #expect(found.largestGap == zip(times, times.dropFirst()).map { $1 - $0 }.max())
        }
    }
}
