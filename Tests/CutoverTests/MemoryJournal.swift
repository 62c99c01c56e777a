@testable import Cutover
import Foundation
import KafkaClient
import Synchronization

/// A journal's lines in memory, and a disk that may be full.
final class MemoryJournal: JournalSink {
    private struct State: Sendable {
        var text = Data()
        var lines = 0
        var capacity = Int.max
        var batches = 0
        var isDead = false
    }
    private let state = Mutex(State())

    init(lines capacity: Int = .max, text: Data = Data()) {
        state.withLock {
            $0.capacity = capacity
            $0.text = text
        }
    }

    /// What a disk takes of a line before it is full: nothing.
    func write(_ lines: [Data]) throws {
        try state.withLock { state in
            guard !state.isDead else { throw SystemCallError(number: EIO) }
            state.batches += 1
            for line in lines.flatMap({ $0.split(separator: 0x0A) }) {
                guard state.lines < state.capacity else { throw SystemCallError(number: ENOSPC) }
                state.lines += 1
                state.text += line + [0x0A]
            }
        }
    }

    /// A new one: of a process that begins.
    var journal: Journal { Journal(path: "memory", sinks: [self]) }

    var text: Data { state.withLock { $0.text } }
    /// The process that writes it is killed: it writes nothing more.
    func die() { state.withLock { $0.isDead = true } }

    /// How often it had to be waited for.
    var batches: Int { state.withLock { $0.batches } }

    var entries: [JournalEntry] { get throws { try Self.entries(text) } }

    static func entries(_ text: Data) throws -> [JournalEntry] {
        var chain = JournalChain()
        return try text.split(separator: 0x0A).map { try chain.decode(Data($0)) }
    }

    var history: RunHistory { get throws { try RunHistory(text) } }

    /// A process that takes the run up: it has read the journal, and goes on writing it.
    func reopened(on target: some KafkaCluster) throws -> CutoverRun {
        let history = try history
        return try CutoverRun.open(history, Journal(path: "memory", chain: history.chain, sinks: [self]), on: target)
    }
}
