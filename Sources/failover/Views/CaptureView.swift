import Cutover
import MirrorLoop
import OffsetTranslate

/// What a capture would do, for people.
struct CaptureView {
    var preview: CapturePreview

    var text: String {
        var lines = [
            "would relay \(counted(preview.syncs, "offset sync")) of '\(preview.syncsTopic)' (source offsets \(preview.syncsOffsets))",
            "would write \(counted(preview.positions.count, "position")); \(counted(preview.groups, "group")) looked at",
        ]
        guard !preview.positions.isEmpty else { return lines.joined(separator: "\n") }
        var table = Table([
            ("GROUP", .left), ("TOPIC", .left), ("PART", .right), ("UPSTREAM", .right), ("TRANSLATED", .right), ("KIND", .left),
        ])
        for (position, isExact) in preview.positions {
            table.add([
                position.group, position.topicPartition.topic, "\(position.topicPartition.partition)",
                position.upstreamOffset.grouped, position.downstreamOffset.grouped, isExact ? "exact" : "bounded",
            ])
        }
        lines += ["", table.text]
        return lines.joined(separator: "\n")
    }

    /// One line of progress.
    static func text(_ status: CaptureStatus) -> String {
        "\(counted(status.relayed, "offset sync")) relayed, up to source offset \(status.next.map { $0.grouped } ?? "-"); "
            + "\(counted(status.positions, "position")) of \(counted(status.groups, "group")) written"
            + (status.unreachable.map { "; '\($0)' does not answer" } ?? "")
    }
}
