import OffsetTranslate

/// Where a mirror goes on with a partition: found from the target's own log, so that a mirror killed at any moment
/// neither loses a record nor copies one twice.
///
/// The last sync names a source record and its copy. From there on both logs are compared: every target record that
/// equals the next source record is its copy, any other is somebody else's. The first source record without a copy is
/// where the mirror goes on. With no sync at all, the comparison begins at both logs' starts.
struct ResumePoint: Sendable {
    /// The next source offset to be mirrored.
    var next: Int64
    var emitter: SyncEmitter
    /// Syncs that the mirror before this one did not come to write.
    var unwritten: [SyncEmitter.Emission] = []
    /// Copies found after the last sync.
    var recovered = 0

    struct Entry: Sendable {
        var offset: Int64
        var fingerprint: RecordFingerprint
    }

    /// - Parameters:
    ///   - source: Records of the source from the last sync's upstream offset on (or from its log start).
    ///   - target: All records of the target from the last sync's downstream offset on (or from its log start).
    ///   - sourceStart: Where to begin when nothing was mirrored yet.
    init(
        source: some Sequence<Entry>, target: some Sequence<Entry>, sourceStart: Int64,
        lastSync: SyncEmitter.Pair?, offsetLagMax: Int64
    ) {
        emitter = SyncEmitter(offsetLagMax: offsetLagMax, resumingFrom: lastSync)
        next = lastSync.map { $0.upstreamOffset + 1 } ?? sourceStart
        var upstream = source.lazy.filter { [next] in $0.offset >= next }.makeIterator()
        guard var wanted = upstream.next() else { return }
        for copy in target {
            if let lastSync, copy.offset <= lastSync.downstreamOffset { continue }
            guard copy.fingerprint.matches(wanted.fingerprint) else { continue }
            recovered += 1
            next = wanted.offset + 1
            if let emission = emitter.acknowledge(.init(upstreamOffset: wanted.offset, downstreamOffset: copy.offset)) {
                unwritten.append(emission)
            }
            guard let following = upstream.next() else { return }
            wanted = following
        }
    }
}

extension ResumePoint {
    /// Finds the place of one partition by reading both logs from the last sync on.
    ///
    /// - Throws: ``MirrorError/targetDiffers(_:target:upstream:downstream:_:)`` where the logs contradict the last sync.
    static func find(
        _ source: TopicPartition, in sourceCluster: any KafkaCluster, sourceBounds: LogBounds,
        _ target: TopicPartition, in targetCluster: any KafkaCluster, targetBounds: LogBounds,
        lastSync: SyncEmitter.Pair?, offsetLagMax: Int64
    ) async throws -> ResumePoint {
        func refuse(_ what: String) -> MirrorError {
            .targetDiffers(source, target: target, upstream: lastSync?.upstreamOffset ?? -1, downstream: lastSync?.downstreamOffset ?? -1, what)
        }
        if let lastSync {
            if lastSync.downstreamOffset >= targetBounds.end { throw refuse("the target's log ends at \(targetBounds.end)") }
            if lastSync.downstreamOffset < targetBounds.start {
                throw refuse("the target's log starts at \(targetBounds.start), so nothing is left to compare with")
            }
            if lastSync.upstreamOffset >= sourceBounds.end { throw refuse("the source's log ends at \(sourceBounds.end)") }
        }
        let copies = try await entries(
            of: target, LogBounds(start: lastSync?.downstreamOffset ?? targetBounds.start, end: targetBounds.end), in: targetCluster)
        // No more source records are needed than the target holds; holes only make it fewer.
        let begin = max(lastSync?.upstreamOffset ?? sourceBounds.start, sourceBounds.start)
        let originals = copies.isEmpty
            ? [] : try await entries(of: source, LogBounds(start: begin, end: sourceBounds.end), in: sourceCluster, atMost: copies.count + 1)
        if let lastSync, let original = originals.first, original.offset == lastSync.upstreamOffset,
            !(copies.first.map { $0.offset == lastSync.downstreamOffset && $0.fingerprint.matches(original.fingerprint) } ?? false)
        {
            throw refuse("the records there differ")
        }
        return ResumePoint(
            source: originals, target: copies, sourceStart: sourceBounds.start, lastSync: lastSync, offsetLagMax: offsetLagMax)
    }

    /// 32 bytes a record.
    private static func entries(
        of partition: TopicPartition, _ bounds: LogBounds, in cluster: any KafkaCluster, atMost limit: Int = .max
    ) async throws -> [Entry] {
        // Read in steps, so that a limit is not overshot by a whole log.
        var found: [Entry] = []
        var start = bounds.start
        while start < bounds.end, found.count < limit {
            let end = limit == .max ? bounds.end : min(bounds.end, start + Int64(max(1000, limit - found.count)))
            found += try await cluster.scan([LogRange(partition, LogBounds(start: start, end: end))], into: []) { entries, message in
                entries.append(Entry(offset: message.offset, fingerprint: RecordFingerprint(message)))
            }
            start = end
        }
        return found
    }
}
