@testable import Cutover
import Foundation
import Synchronization

/// A journal's lines in memory, and a disk that may be full.
final class MemoryJournal: Sendable {
    private struct State: Sendable {
        var text = Data()
        var lines = 0
        var capacity = Int.max
    }
    private let state = Mutex(State())

    init(lines capacity: Int = .max) { state.withLock { $0.capacity = capacity } }

    var journal: Journal {
        Journal(path: "memory") { line in
            try self.state.withLock { state in
                guard state.lines < state.capacity else { throw SystemCallError(number: ENOSPC) }
                state.lines += 1
                state.text += line
            }
        }
    }

    var entries: [Journal.Entry] {
        get throws { try Self.entries(state.withLock { $0.text }) }
    }

    static func entries(_ text: Data) throws -> [Journal.Entry] {
        try text.split(separator: 0x0A).map { try JSONDecoder().decode(Journal.Entry.self, from: Data($0)) }
    }
}
