public import KafkaClient

/// About how much a stretch of a log holds, by some of its records.
public struct ReplayEstimate: Hashable, Sendable, Codable {
    /// Keys, values and headers, uncompressed: the mean of up to 128 records, for every offset of the stretch.
    public var bytes: Int64
    /// From the first record to the last, by their timestamps, in milliseconds; `nil` where they have none.
    public var milliseconds: Int64?

    public init(bytes: Int64, milliseconds: Int64? = nil) {
        self.bytes = bytes
        self.milliseconds = milliseconds
    }

    /// Estimates stretches by their first and last records. One without any record is missing.
    public static func estimate(_ ranges: some Sequence<LogRange>, in cluster: any KafkaCluster) async throws -> [LogRange: ReplayEstimate] {
        typealias Search = LogSamples<Sample>.Search
        let ranges = Set(ranges).filter { !$0.bounds.isEmpty }
        let searches = Set(ranges.flatMap { [Search(range: $0), Search(range: $0, fromEnd: true)] })
        let found = try await LogSamples.nearest(searches, in: cluster) { message in
            Sample(bytes: message.size, timestamp: message.timestamp)
        }
        return ranges.reduce(into: [:]) { estimates, range in
            guard let first = found[Search(range: range)], let last = found[Search(range: range, fromEnd: true)] else { return }
            let samples = first + last
            let mean = samples.reduce(0) { $0 + Double($1.content.bytes) } / Double(samples.count)
            let times = [first.first, last.last].compactMap(\.?.content.timestamp)
            estimates[range] = ReplayEstimate(
                bytes: Int64(mean * Double(range.bounds.end - range.bounds.start)),
                milliseconds: times.count == 2 && times.allSatisfy { $0 >= 0 } ? max(0, times[1] - times[0]) : nil)
        }
    }

    private struct Sample: Sendable {
        var bytes: Int
        var timestamp: Int64
    }
}

extension MessageView {
    /// Of key, value and headers.
    fileprivate var size: Int {
        (key?.count ?? 0) + (value?.count ?? 0) + headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
    }
}
