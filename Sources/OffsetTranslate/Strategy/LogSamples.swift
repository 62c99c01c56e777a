package import KafkaClient

/// What was made of the records of some stretches of logs.
package struct LogSamples<Content: Sendable>: Sendable {
    package struct Entry: Sendable {
        package var offset: Int64
        package var content: Content

        package init(offset: Int64, content: Content) {
            self.offset = offset
            self.content = content
        }
    }

    /// Ascending in offset.
    private var entries: [TopicPartition: [Entry]] = [:]

    /// The records of a range, which was read.
    package subscript(range: LogRange) -> ArraySlice<Entry> {
        guard let all = entries[range.partition], !range.bounds.isEmpty else { return [] }
        let first = all.partitioningIndex { $0.offset >= range.bounds.start }
        return all[first..<all.partitioningIndex { $0.offset >= range.bounds.end }]
    }

    /// Stretches of one partition closer than this are read in one go: going to another place costs more than these records.
    private static var nearby: Int64 { 1000 }

    /// Reads ranges, which may overlap, each record once.
    package static func read(
        _ ranges: some Sequence<LogRange>, in cluster: any KafkaCluster, isolation: Isolation? = nil,
        _ content: @escaping @Sendable (borrowing MessageView) throws -> Content
    ) async throws -> LogSamples {
        let needed = Dictionary(grouping: ranges, by: \.partition).flatMap { partition, ranges in
            merged(ranges.map(\.bounds)).map { LogRange(partition, $0) }
        }
        return try await cluster.scan(needed, isolation: isolation, into: LogSamples()) { samples, message in
            let entry = Entry(offset: message.offset, content: try content(message))
            samples.entries[TopicPartition(topic: message.topic, partition: message.partition), default: []].append(entry)
        }
    }

    private static func merged(_ ranges: [LogBounds]) -> [LogBounds] {
        var merged: [LogBounds] = []
        for range in ranges.sorted(by: { $0.start < $1.start }) where !range.isEmpty {
            if let last = merged.last, range.start <= last.end.addingClamped(nearby) {
                merged[merged.count - 1].end = max(last.end, range.end)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

extension LogSamples {
    /// Where to look for records, and from which end.
    struct Search: Hashable, Sendable {
        var range: LogRange
        var fromEnd = false

        /// The part within `step` offsets of where the search begins.
        func window(_ step: Int64) -> LogRange {
            let bounds = range.bounds
            // Differences of two offsets that are not negative don't overflow.
            guard bounds.end - bounds.start > step else { return range }
            return LogRange(
                range.partition,
                fromEnd
                    ? LogBounds(start: bounds.end - step, end: bounds.end) : LogBounds(start: bounds.start, end: bounds.start + step))
        }
    }

    /// Up to 64 records of each search, nearest to where it begins, ascending in offset.
    ///
    /// Stretches without a record (compacted ones) are passed over in steps that grow; after some four million offsets the
    /// search gives up.
    static func nearest(
        _ searches: Set<Search>, in cluster: any KafkaCluster, isolation: Isolation? = nil,
        _ content: @escaping @Sendable (borrowing MessageView) -> Content
    ) async throws -> [Search: [Entry]] {
        var found: [Search: [Entry]] = [:]
        var open = searches.filter { !$0.range.bounds.isEmpty }
        var step: Int64 = 64
        while !open.isEmpty, step <= 1 << 22 {
            let samples = try await read(open.map { $0.window(step) }, in: cluster, isolation: isolation, content)
            for search in open {
                let window = search.window(step), entries = samples[window]
                if !entries.isEmpty {
                    found[search] = Array(search.fromEnd ? entries.suffix(64) : entries.prefix(64))
                } else if window != search.range {
                    continue
                }
                open.remove(search)
            }
            step *= 16
        }
        return found
    }
}
