import KafkaClient
import OffsetTranslate

/// One partition's audit: feeds ``LogAudit`` from both logs.
struct AuditRun {
    private var originals: AuditFeed
    private var copies: AuditFeed
    private let window: Int
    private var keepsTimestamps = true
    /// Records before the place where both sides meet.
    private var skippedOriginals: Int64 = 0
    private var skippedCopies: Int64 = 0

    init(originals: AuditFeed, copies: AuditFeed, window: Int) {
        self.originals = originals
        self.copies = copies
        self.window = window
    }

    /// Behind a range that was cut, the target goes on with what is not compared.
    private static let strangersAtTheEnd = 10_000

    mutating func findings() async throws -> AuditFindings {
        try await align()
        let beginsAtZero = originals.beginsAtZero && copies.beginsAtZero
        var audit = LogAudit(
            window: window, keepsTimestamps: keepsTimestamps, beginsAtZero: beginsAtZero && skippedOriginals == 0 && skippedCopies == 0)
        var obstacle: String?
        do {
            try await feed(&audit)
        } catch let error as CancellationError {
            throw error
        } catch {
            obstacle = "\(error)"
        }
        var findings = audit.finish(
            endsWithSource: originals.endsWithLog && obstacle == nil, endsWithTarget: copies.endsWithLog && obstacle == nil)
        findings.obstacle = obstacle
        findings.originals += skippedOriginals
        findings.copies += skippedCopies
        if beginsAtZero, findings.matched > 0 {
            // Nothing has been deleted or cut there: these were never copied, and those were written by somebody else.
            findings.missing.count += skippedOriginals
            findings.foreign.count += skippedCopies
        } else {
            findings.outsideOnSource += skippedOriginals
            findings.outsideOnTarget += skippedCopies
        }
        return findings
    }

    private mutating func feed(_ audit: inout LogAudit) async throws {
        var isCutShort = false
        while !copies.isDone, !isCutShort {
            for copy in try await copies.piece() {
                while audit.needsOriginals, !originals.isDone {
                    for original in try await originals.piece() { audit.original(original) }
                }
                audit.copy(copy)
                isCutShort = originals.isDone && !originals.endsWithLog && audit.strangersInARow > Self.strangersAtTheEnd
                if isCutShort { break }
            }
        }
        // What is left of the source has not been copied, and counts.
        while !originals.isDone {
            for original in try await originals.piece() { audit.original(original) }
        }
    }

    // MARK: Where both sides meet

    private func key(_ record: AuditRecord) -> RecordFingerprint {
        var key = record.fingerprint
        if !keepsTimestamps { key.timestamp = nil }
        return key
    }

    /// Sets both feeds to the first piece of either that has something of the other's first piece in it.
    ///
    /// Reads both in turns, and keeps the contents of the first pieces only.
    private mutating func align() async throws {
        let ends = try await originals.last() + copies.last()
        let (firstOriginals, firstCopies) = (try await firstRecords(of: &originals), try await firstRecords(of: &copies))
        keepsTimestamps = (ends + firstOriginals + firstCopies).allSatisfy { $0.fingerprint.timestamp != nil }
        let wanted = (originals: Set(firstOriginals.map(key)), copies: Set(firstCopies.map(key)))
        let (sourceStart, targetStart) = (originals.range.start, copies.range.start)
        var piece = (originals: firstOriginals, copies: firstCopies)
        var at = (originals: sourceStart, copies: targetStart), read = (originals: Int64(0), copies: Int64(0))
        while true {
            if piece.originals.contains(where: { wanted.copies.contains(key($0)) }) {
                originals.seek(at.originals)
                copies.seek(targetStart)
                skippedOriginals = read.originals
                return
            }
            if piece.copies.contains(where: { wanted.originals.contains(key($0)) }) {
                originals.seek(sourceStart)
                copies.seek(at.copies)
                skippedCopies = read.copies
                return
            }
            guard !originals.isDone || !copies.isDone else { break }
            read.originals += Int64(piece.originals.count)
            read.copies += Int64(piece.copies.count)
            at = (originals.next, copies.next)
            piece = (try await originals.piece(), try await copies.piece())
        }
        originals.seek(sourceStart)
        copies.seek(targetStart)
    }

    /// The first piece that has any.
    private func firstRecords(of feed: inout AuditFeed) async throws -> [AuditRecord] {
        while !feed.isDone {
            let records = try await feed.piece()
            if !records.isEmpty { return records }
        }
        return []
    }
}
