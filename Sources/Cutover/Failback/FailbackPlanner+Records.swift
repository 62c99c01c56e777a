import KafkaClient
import OffsetTranslate

extension FailbackPlanner {
    /// How far below the newest sync records are compared at first, to see whether others wrote while the mirror still ran.
    private static var depth: Int64 { 1000 }
    /// How far behind the last originals copies are looked for.
    private static var reach: Int64 { 10_000 }

    /// Reads both logs around the newest sync.
    ///
    /// - Parameter homeLog: Without what the reverse flow has copied.
    /// - Throws: ``ProofLimitReached``, ``KafkaError``.
    func compare(_ sides: Sides, _ history: PartitionHistory?, _ last: CopyPair?, _ homeLog: LogBounds) async throws -> FenceSearch {
        let meter = ReadingMeter(limits)
        var depth = Self.depth
        while true {
            let awayStart = last.map { max(sides.awayLog.start, $0.copy - depth) } ?? sides.awayLog.start
            var homeStart = homeLog.start
            if last != nil, awayStart > 0 { homeStart = history?.translateBack(awayStart, source: homeLog).low ?? homeLog.start }
            homeStart = min(max(homeStart, homeLog.start), homeLog.end)
            let search = try await read(
                sides, history, last, LogBounds(start: homeStart, end: homeLog.end), awayStart: awayStart,
                isReadFromStart: homeStart == homeLog.start, meter)
            // What others wrote among the copies may begin further down.
            guard let last, search.fence.start <= last.copy, awayStart > sides.awayLog.start,
                search.fence.start - awayStart < depth / 2
            else { return search }
            depth *= 8
        }
    }

    private func read(
        _ sides: Sides, _ history: PartitionHistory?, _ last: CopyPair?, _ homeRange: LogBounds, awayStart: Int64,
        isReadFromStart: Bool, _ meter: ReadingMeter
    ) async throws -> FenceSearch {
        let content: @Sendable (borrowing MessageView) throws -> FenceSearch.Original = { message in
            _ = try meter.note(message)
            return FenceSearch.Original(offset: message.offset, content: RecordFingerprint(message))
        }
        let range = [LogRange(sides.home, homeRange)]
        var originals = try await home.scan(range, isolation: .uncommitted, into: [FenceSearch.Original]()) { $0.append(try content($1)) }
        let committed = try await home.scan(range, isolation: .committed, into: Set<Int64>()) { $0.insert($1.offset) }
        for index in originals.indices { originals[index].isAborted = !committed.contains(originals[index].offset) }
        let uncopied = Int64(originals.count - originals.partitioningIndex { $0.offset > last?.original ?? -1 })
        let awayEnd = min(
            sides.awayLog.end, (last?.copy ?? awayStart).addingClamped(uncopied).addingClamped(uncopied).addingClamped(Self.reach))
        let awayRange = LogBounds(start: awayStart, end: max(awayStart, awayEnd))
        let copies = try await away.scan([LogRange(sides.away, awayRange)], into: [FenceSearch.Copy]()) { copies, message in
            _ = try meter.note(message)
            copies.append(FenceSearch.Copy(offset: message.offset, content: RecordFingerprint(message)))
        }
        let synced = last == nil ? [] : originals.compactMap { $0.isAborted ? nil : history?.copy(of: $0.offset) }
        return FenceSearch(
            originals: originals, copies: copies, anchor: last, synced: synced, sourceRange: homeRange,
            targetRange: LogBounds(start: sides.awayLog.start, end: awayRange.end), isReadFromStart: isReadFromStart)
    }
}

extension PartitionHistory {
    /// Where a record's copy is, if the syncs say so without doubt.
    fileprivate func copy(of upstreamOffset: Int64) -> CopyPair? {
        let translation = translate(upstreamOffset)
        guard translation.kind == .exact, translation.warnings.isEmpty, let position = translation.position,
            translation.evidence.rule == .onSync || translation.evidence.rule == .strictInterval
        else { return nil }
        return CopyPair(original: upstreamOffset, copy: position)
    }
}
