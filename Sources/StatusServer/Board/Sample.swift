import Foundation
import Inspection

/// What the charts show of one look at the flow. Members without a value are missing.
struct Sample: Encodable, Sendable, Hashable {
    /// Milliseconds since the epoch, when the look began.
    var time: Int64
    var replicationLag: Int64?
    /// Milliseconds.
    var oldestUnreplicated: Int64?
    var consumerLag: Int64?
    /// Missing where a group has no bound.
    var maxReplay: Int64?
    var maxReplayIfLost: Int64?
    var problems: Int?

    init(_ totals: FlowTotals?, time: Int64) {
        self.time = time
        guard let totals else { return }
        replicationLag = totals.replicationLag
        oldestUnreplicated = totals.oldestUnreplicated
        consumerLag = totals.consumerLag
        maxReplay = totals.replayUnbounded == 0 ? totals.maxReplay : nil
        maxReplayIfLost = totals.replayUnboundedIfLost == 0 ? totals.maxReplayIfLost : nil
        problems = totals.problems
    }
}

/// The newest samples since the server started, as `/api/v1/history` shows them.
///
/// Each is rendered once: to render thousands at each look would take megabytes for a moment.
struct History: Sendable {
    private var samples: [Data] = []

    mutating func add(_ sample: Sample, atMost limit: Int) {
        samples.append(JSON.data(sample))
        if samples.count > limit { samples.removeFirst(samples.count - limit) }
    }

    var json: Data {
        var json = Data(#"{"formatVersion":1,"samples":["#.utf8)
        for (index, sample) in samples.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            json.append(sample)
        }
        return json + "]}".utf8
    }
}
