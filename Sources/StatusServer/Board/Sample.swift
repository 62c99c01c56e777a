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

/// The newest samples since the server started: of `/api/v1/history`.
struct History: Encodable, Sendable {
    var formatVersion = 1
    private(set) var samples: [Sample] = []

    mutating func add(_ sample: Sample, atMost limit: Int) {
        samples.append(sample)
        if samples.count > limit { samples.removeFirst(samples.count - limit) }
    }
}
