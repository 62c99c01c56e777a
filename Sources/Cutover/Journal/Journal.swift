internal import Foundation
internal import KafkaClient
internal import Synchronization

/// What a run does, written down before and after each step: JSON Lines, each on disk before the next step.
///
/// It holds positions, the text that groups commit with them, and names; never a credential. Lines that are waited for at the
/// same time go to disk together. After the first failure nothing more is written.
public actor Journal {
    /// Where it is kept, for messages.
    public nonisolated let path: String
    private let sinks: [any JournalSink]
    private var chain: JournalChain
    private var waiting: [(line: Data, continuation: CheckedContinuation<JournalError?, Never>)] = []
    private var isWriting = false
    private var failure: JournalError?

    /// - Parameter chain: What it holds already.
    init(path: String, chain: JournalChain = JournalChain(), sinks: [any JournalSink]) {
        self.path = path
        self.chain = chain
        self.sinks = sinks
    }

    /// A new one, in a file that does not exist yet, or is empty.
    package static func create(_ path: String) async throws -> Journal {
        let file = try await JournalFile(path: path)
        try await file.requireEmpty()
        return Journal(path: path, sinks: [file])
    }

    /// Takes one up, and drops what a crash cut short at its end.
    ///
    /// - Parameter take: Is given what it holds, in order.
    /// - Throws: ``JournalDamage``, ``JournalError`` (also where another process is at it).
    package static func open<Line: JournalLine>(_ path: String, _ take: (Line) throws(JournalDamage) -> Void) async throws -> Journal {
        let file = try await JournalFile(path: path)
        var chain = JournalChain()
        try await file.cut(to: try chain.decode(all: try await file.contents(), take))
        return Journal(path: path, chain: chain, sinks: [file])
    }

    /// What one holds, without taking it up.
    ///
    /// - Throws: ``JournalDamage``, or what reading the file throws.
    package static func read<Line: JournalLine>(_ path: String, _ take: (Line) throws(JournalDamage) -> Void) throws {
        var chain = JournalChain()
        _ = try chain.decode(all: try Data(contentsOf: URL(fileURLWithPath: path)), take)
    }

    /// Returns once the line is where it has to be.
    @discardableResult
    package func append<Line: JournalLine>(_ entry: Line) async throws(JournalError) -> Line {
        var entry = entry
        entry.time = Self.now
        try await write { chain in try chain.encode(entry) + [0x0A] }
        return entry
    }

    func append(_ entries: [JournalEntry.Encoded]) async throws(JournalError) {
        let time = Self.now
        try await write { chain in
            try entries.reduce(into: Data()) { lines, encoded in
                var entry = encoded.entry
                entry.time = time
                lines += try chain.encode(entry, with: encoded.offsets.map { ("offsets", $0) }) + [0x0A]
            }
        }
    }

    private static var now: String { Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    private func write(_ encode: (inout JournalChain) throws -> Data) async throws(JournalError) {
        if let failure { throw failure }
        let lines: Data
        do { lines = try encode(&chain) } catch { throw fail(error) }
        let failure = await withCheckedContinuation { continuation in
            waiting.append((lines, continuation))
            guard !isWriting else { return }
            isWriting = true
            // After those that are waiting to get in here: their lines come along.
            Task { await write() }
        }
        if let failure { throw failure }
    }

    private func write() async {
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            if failure == nil {
                do {
                    for sink in sinks { try await sink.write(batch.map(\.line)) }
                } catch {
                    failure = fail(error)
                }
            }
            for (_, continuation) in batch { continuation.resume(returning: failure) }
        }
        isWriting = false
    }

    private func fail(_ error: any Error) -> JournalError { error as? JournalError ?? JournalError(path: path, reason: "\(error)") }
}

/// Somewhere that lines are kept.
protocol JournalSink: Sendable {
    /// Each with its line break. Returns once they are safe.
    func write(_ lines: [Data]) async throws
}

/// The journal can't be written.
public struct JournalError: Error, CustomStringConvertible {
    public var path: String
    public var reason: String
    private var remedy = "Free space or name another place with --journal, then run the same command again."

    package init(path: String, reason: String) {
        self.path = path
        // Some are whole sentences.
        self.reason = reason.hasSuffix(".") ? String(reason.dropLast()) : reason
    }

    /// The run has gone on elsewhere, by its copy in a topic.
    init(path: String, otherThan topic: String, _ id: RunID) {
        self.init(path: path, reason: "its copy in the topic '\(topic)' has other lines: run \(id) has gone on elsewhere")
        remedy = "Put that file aside, and bring the copy with 'failover journal fetch \(id)'."
    }

    public var description: String {
        """
        the journal '\(path)' can't be written: \(reason).
          Nothing further is done without it. \(remedy)
        """
    }
}
