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
    /// Why the source's log is another one than before, and mirrored from its start.
    var newHistory: String?

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
