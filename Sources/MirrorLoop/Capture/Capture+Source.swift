import OffsetTranslate

extension Capture {
    /// How many offsets are read at a time: what is held in memory.
    private static let step: Int64 = 10_000

    /// Reads on in the source's topic, to the end that stands now, and sees that it still is the topic that was captured.
    ///
    /// - Parameter take: Given each record once, in log order, with its offset.
    func readSource(_ take: (Record, Int64) async throws -> Void) async throws {
        let syncs = configuration.syncs(on: .source), copy = configuration.syncs(on: .target).topic
        let bounds = try await extent(syncs, on: source)
        if let next, bounds.end < next {
            throw CaptureError.sourceCut(topic: syncs.topic, cluster: source.name, next: next, end: bounds.end, copy: copy)
        }
        if let next, bounds.start > next {
            throw CaptureError.syncsGone(topic: syncs.topic, cluster: source.name, next: next, start: bounds.start, copy: copy)
        }
        var start = next ?? bounds.start
        guard start < bounds.end else { return }
        // The last one read is looked at again: another record in its place means another topic. Compaction may have taken it.
        if let newest, newest.offset >= bounds.start, start - newest.offset < Self.step { start = newest.offset }
        while start < bounds.end {
            let end = bounds.end - start > Self.step ? start + Self.step : bounds.end
            let range = LogRange(syncs, LogBounds(start: start, end: end))
            for found in try await source.scan([range], into: [ConsumedRecord](), { $0.append($1.copy()) }) {
                if let newest, found.offset <= newest.offset {
                    if found.record.isCopy(of: newest.record) { continue }
                    throw CaptureError.sourceDiffers(topic: syncs.topic, cluster: source.name, offset: found.offset, copy: copy)
                }
                try await take(found.record, found.offset)
                newest = (found.offset, found.record)
                next = found.offset + 1
            }
            next = end
            start = end
        }
    }
}
