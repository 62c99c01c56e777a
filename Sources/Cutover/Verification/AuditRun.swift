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
            for copy in try await copies.piece().records {
                while audit.needsOriginals, !originals.isDone {
                    for original in try await originals.piece().records { audit.original(original) }
                }
                audit.copy(copy)
                isCutShort = originals.isDone && !originals.endsWithLog && audit.strangersInARow > Self.strangersAtTheEnd
                if isCutShort { break }
            }
        }
        // What is left of the source has not been copied, and counts.
        while !originals.isDone {
            for original in try await originals.piece().records { audit.original(original) }
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
    /// Reads both in turns, and keeps the first pieces only.
    private mutating func align() async throws {
        let ends = try await originals.last() + copies.last()
        let first = (originals: try await firstPiece(of: &originals), copies: try await firstPiece(of: &copies))
        keepsTimestamps = (ends + first.originals.records + first.copies.records).allSatisfy { $0.fingerprint.timestamp != nil }
        let wanted = (originals: Set(first.originals.records.map(key)), copies: Set(first.copies.records.map(key)))
        var piece = first, read = (originals: Int64(0), copies: Int64(0))
        while true {
            if piece.originals.records.contains(where: { wanted.copies.contains(key($0)) }) {
                skippedOriginals = read.originals
                return goBack(to: (piece.originals, first.copies))
            }
            if piece.copies.records.contains(where: { wanted.originals.contains(key($0)) }) {
                skippedCopies = read.copies
                return goBack(to: (first.originals, piece.copies))
            }
            guard !originals.isDone || !copies.isDone else { return goBack(to: first) }
            read.originals += Int64(piece.originals.records.count)
            read.copies += Int64(piece.copies.records.count)
            piece = (try await originals.piece(), try await copies.piece())
        }
    }

    private mutating func goBack(to pieces: (originals: AuditFeed.Piece, copies: AuditFeed.Piece)) {
        originals.goBack(to: pieces.originals)
        copies.goBack(to: pieces.copies)
    }

    /// The first piece that has any records.
    private func firstPiece(of feed: inout AuditFeed) async throws -> AuditFeed.Piece {
        var piece = try await feed.piece()
        while piece.records.isEmpty, !feed.isDone { piece = try await feed.piece() }
        return piece
    }
}
