import MirrorLoop
import OffsetTranslate

/// What a capture would do, for people.
struct CaptureView {
    var preview: CapturePreview

    var text: String {
        var lines = [
            "would relay \(preview.syncs.grouped) offset sync\(preview.syncs == 1 ? "" : "s") of '\(preview.syncsTopic)' (source offsets \(preview.syncsOffsets))",
            "would write \(preview.positions.count.grouped) position\(preview.positions.count == 1 ? "" : "s"); \(preview.groups.grouped) group\(preview.groups == 1 ? "" : "s") looked at",
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
        "\(status.relayed.grouped) offset syncs relayed, up to source offset \(status.next.map { $0.grouped } ?? "-"); "
            + "\(status.positions.grouped) positions of \(status.groups.grouped) groups written"
            + (status.unreachable.map { "; '\($0)' does not answer" } ?? "")
    }
}
