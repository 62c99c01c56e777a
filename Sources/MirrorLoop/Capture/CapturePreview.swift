public import OffsetTranslate

/// What a capture would do now.
public struct CapturePreview: Sendable {
    /// Topics that it would create on the target.
    public var missingTopics: [String] = []
    /// The source's topic, and the offsets of it that it would relay.
    public var syncsTopic: String
    public var syncsOffsets: LogBounds
    public var syncs = 0
    /// Positions that it would write; exact ones marked as such.
    public var positions: [(position: Checkpoint, isExact: Bool)] = []
    public var groups = 0
}

extension Capture {
    /// Looks at everything as ``runOnce()`` does, and writes nothing.
    public func preview() async throws -> CapturePreview {
        _ = try await extent(configuration.syncs(on: .source), on: source)
        let existing = try await target.topics()
        try await recall()
        let start = next ?? 0
        let held = log.count
        // Nothing is handed on: as if it had been.
        try await readSource { record, offset in log.take(record, at: offset) }
        let found = try await duePositions(by: log.map)
        var preview = CapturePreview(
            syncsTopic: configuration.syncs(on: .source).topic, syncsOffsets: LogBounds(start: start, end: max(start, next ?? start)))
        preview.missingTopics = [configuration.syncs(on: .target).topic, configuration.positions.topic].filter { existing[$0] == nil }
        preview.syncs = log.count - held
        preview.positions = found.due.map { ($0.checkpoint, $0.isExact) }
        preview.groups = found.groups
        return preview
    }
}
