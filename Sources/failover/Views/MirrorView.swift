import Foundation
import MirrorLoop
import OffsetTranslate

/// How a mirror process is getting on, for people.
struct MirrorView {
    var progress: MirrorProgress

    /// One line, and one for each partition that is not mirrored on.
    var text: String { ([line] + Self.halted(progress.halted)).joined(separator: "\n") }

    private var line: String {
        let situation = progress.situation
        guard !situation.tasks.isEmpty else {
            return situation.isStandingBy ? "standing by: no task is this process's" : "waiting to be told which tasks are this process's"
        }
        var parts = ["""
            \(progress.totalRecords.grouped) records mirrored, \(Int(progress.recordsPerSecond.rounded()).grouped)/s, \
            \(Self.megabytes(progress.bytesPerSecond)) MB/s
            """]
        parts.append(lag)
        if let average = progress.averageLatency {
            let longest = progress.longestLatency.map { ", at most \($0.grouped) since the start" } ?? ""
            parts.append("latency \(Int(average.rounded()).grouped) ms on average\(longest)")
        }
        parts.append("""
            \(progress.newCheckpoints.grouped) checkpoint\(progress.newCheckpoints == 1 ? "" : "s"), in all \
            \(progress.checkpoints.grouped) of \(progress.groups.grouped) group\(progress.groups == 1 ? "" : "s")
            """)
        return parts.joined(separator: "; ")
    }

    private var lag: String {
        let lag = progress.lag
        guard lag.partitions > 0 else { return "no partition begun with yet" }
        guard lag.unknown < lag.partitions else { return "records behind: unknown" }
        var text = "\(lag.records.grouped) record\(lag.records == 1 ? "" : "s") behind"
        let topics = progress.topicsBehind(3)
        if !topics.isEmpty { text += " (\(topics.map { "\($0.topic) \($0.records.grouped)" }.joined(separator: ", ")))" }
        return lag.unknown == 0 ? text : text + ", not counting \(lag.unknown.grouped) partition\(lag.unknown == 1 ? "" : "s")"
    }

    private static func megabytes(_ bytes: Double) -> String {
        let tenths = Int((bytes / 100_000).rounded())
        return "\((tenths / 10).grouped).\(tenths % 10)"
    }

    /// Said again and again, so short: the event said all.
    static func halted(_ partitions: [TopicPartition: String], limit: Int = 20) -> [String] {
        let all = partitions.sorted { $0.key < $1.key }
        let lines = all.prefix(limit).map { partition, reason in
            "NOT MIRRORED: \(partition): \(reason.split(separator: "\n").first.map(String.init) ?? reason)"
        }
        return all.count > limit ? lines + ["NOT MIRRORED: \((all.count - limit).grouped) more partitions"] : lines
    }
}
