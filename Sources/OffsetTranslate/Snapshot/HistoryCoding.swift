internal import KafkaClient

extension WireWriter {
    mutating func history(_ history: PartitionHistory) {
        line(history.line)
        guard let disturbance = history.disturbance else { return integer(UInt8(0)) }
        integer(UInt8(1))
        integer(UInt32(disturbance.earlier.count))
        for copies in disturbance.earlier {
            line(copies.line)
            integer(copies.reach)
            integer(copies.copiedAgain)
            integer(UInt8(copies.isShown ? 1 : 0))
        }
        optional(disturbance.origin) { $0.pair($1) }
        optional(disturbance.comeback) { $0.pair($1) }
        integer(UInt8(disturbance.isTainted ? 1 : 0))
        integer(disturbance.reach)
        optional(disturbance.disorder) { $0.integer($1) }
    }

    private mutating func line(_ line: SyncLine) {
        integer(UInt32(line.runCount))
        for index in 0..<line.runCount {
            let run = line.run(index)
            integer(run.first)
            integer(run.downstream)
            integer(UInt32(run.last - run.first))
            integer(UInt8((run.isChained ? 1 : 0) | (run.isMarked ? 2 : 0)))
            let anchors = line.anchorRange(index)
            integer(UInt32(anchors.count))
            for anchor in line.anchors[anchors] { integer(anchor) }
        }
        integer(UInt32(line.cuts.count))
        for cut in line.cuts {
            integer(UInt32(cut.run))
            pair(cut.next)
            integer(UInt8(cut.isStrict ? 1 : 0))
        }
        integer(line.times.newest)
        optional(line.times.oldest) { $0.integer($1) }
        integer(UInt32(line.times.samples.count))
        for sample in line.times.samples { integer(sample) }
    }

    private mutating func pair(_ pair: StrictMarker.Pair) {
        integer(pair.upstreamOffset)
        integer(pair.downstreamOffset)
    }

    mutating func partition(_ partition: TopicPartition) throws(WireError) {
        try string(partition.topic, "topic")
        integer(partition.partition)
    }

    mutating func slots(_ slots: StockSyncSlots) {
        integer(slots.starts)
        for sync in slots.syncs { pair(sync) }
    }

    mutating func optional<Value>(_ value: Value?, _ write: (inout Self, Value) -> Void) {
        integer(UInt8(value == nil ? 0 : 1))
        if let value { write(&self, value) }
    }
}

extension WireReader {
    /// A history whose every invariant holds, whoever wrote the bytes.
    mutating func history() throws(WireError) -> PartitionHistory {
        let line = try line()
        guard try flag("disturbance") else { return PartitionHistory(line: line, disturbance: nil) }
        var disturbance = Disturbance(reach: -1)
        for _ in 0..<(try integer("earlier") as UInt32) {
            disturbance.earlier.append(
                EarlierCopies(
                    line: try self.line(), reach: try integer("reach"), copiedAgain: try integer("copiedAgain"),
                    isShown: try flag("isShown")))
        }
        if try flag("origin") { disturbance.origin = try pair() }
        if try flag("comeback") { disturbance.comeback = try pair() }
        disturbance.isTainted = try flag("isTainted")
        disturbance.reach = try integer("reach")
        if try flag("disorder") { disturbance.disorder = try integer("disorder") as Int64 }
        guard disturbance.fits(line) else { throw .inconsistent(field: "origin") }
        return PartitionHistory(line: line, disturbance: disturbance)
    }

    private mutating func line() throws(WireError) -> SyncLine {
        var line = SyncLine()
        for _ in 0..<(try integer("runs") as UInt32) {
            let first = StrictMarker.Pair(upstreamOffset: try notNegative("run"), downstreamOffset: try notNegative("run"))
            let length: UInt32 = try integer("run length"), flags: UInt8 = try integer("run flags")
            var anchors: [UInt32] = []
            for _ in 0..<(try integer("anchors") as UInt32) { anchors.append(try integer("anchor")) }
            guard line.restore(first, length: length, anchors: anchors, isChained: flags & 1 != 0, isMarked: flags & 2 != 0) else {
                throw .inconsistent(field: "run")
            }
        }
        for _ in 0..<(try integer("cuts") as UInt32) {
            let run: UInt32 = try integer("cut")
            guard line.restore(SyncLine.Cut(run: Int(run), next: try pair(), isStrict: try flag("cut"))) else {
                throw .inconsistent(field: "cut")
            }
        }
        let newest: Int64 = try integer("newest")
        let oldest: Int64? = try flag("oldest") ? try integer("oldest") : nil
        var samples: [Int64] = []
        for _ in 0..<(try integer("samples") as UInt32) { samples.append(try integer("sample")) }
        line.times = SyncTimes(newest: newest, oldest: oldest, samples: samples)
        return line
    }

    private mutating func pair() throws(WireError) -> StrictMarker.Pair {
        StrictMarker.Pair(upstreamOffset: try notNegative("upstreamOffset"), downstreamOffset: try notNegative("downstreamOffset"))
    }

    mutating func partition() throws(WireError) -> TopicPartition {
        TopicPartition(topic: try string("topic"), partition: try notNegative("partition"))
    }

    mutating func slots() throws(WireError) -> StockSyncSlots {
        let starts: UInt64 = try integer("slots")
        var syncs: [StockSyncSlots.Sync] = []
        for _ in 0..<starts.nonzeroBitCount { syncs.append(try pair()) }
        guard let slots = StockSyncSlots(syncs: syncs, starts: starts) else { throw .inconsistent(field: "slots") }
        return slots
    }

    mutating func flag(_ field: String) throws(WireError) -> Bool { try integer(field) as UInt8 != 0 }
}
