internal import Foundation
import KafkaClient
internal import Synchronization

/// What a cutover did, written down before and after each step: JSON Lines, each line on disk before the next step.
///
/// It holds positions, the text that groups commit with them, and names; never a credential. A new
/// file can be read by its owner only. Lines of groups that are under way at the same time are mixed, each of them whole.
/// After the first failure nothing more is written.
public final class Journal: Sendable {
    public let path: String
    private let state: Mutex<State>

    private struct State: Sendable {
        /// Returns once the line is on disk.
        var write: @Sendable (Data) throws -> Void
        var failure: JournalError?
    }

    /// Creates the file; one that exists is appended to.
    ///
    /// - Throws: ``JournalError`` where it can't be written: nothing should be done then.
    public convenience init(path: String) throws(JournalError) {
        let file: JournalFile
        do throws(SystemCallError) {
            file = try JournalFile(path: path)
        } catch {
            throw JournalError(path: path, reason: "\(error)")
        }
        self.init(path: path) { try file.append($0) }
        if file.isCutShort { try write(Data([0x0A])) }
    }

    init(path: String, write: @escaping @Sendable (Data) throws -> Void) {
        self.path = path
        state = Mutex(State(write: write))
    }

    /// One line of the journal.
    public struct Entry: Codable, Sendable {
        public enum Step: String, Codable, Sendable { case begin, intent, result, end }
        public var step: Step
        /// ISO 8601, UTC.
        public var time: String
        public var source: String?
        public var target: String?
        public var group: String?
        /// Positions on the target by `topic-partition`: before, as intended, as read back.
        public var before: [String: Int64]?
        /// The groups' own text with the positions before, where there is any.
        public var beforeMetadata: [String: String]?
        public var intended: [String: Int64]?
        public var committed: [String: Int64]?
        /// Planned partitions that were not seen at their planned position.
        public var remaining: [String]?
        /// Whether the commit stands is not known.
        public var uncertain: Bool?
        public var failures: [String]?
        public var succeeded: Bool?
    }

    enum Event {
        case begin(CutoverPlan)
        case intent(group: String, before: [TopicPartition: CommittedOffset], wanted: [TopicPartition: CommittedOffset])
        case result(Executor.Outcome)
        case end(succeeded: Bool)
    }

    func append(_ event: Event) throws(JournalError) {
        var entry = Entry(step: .begin, time: Date().ISO8601Format())
        func named(_ offsets: [TopicPartition: Int64]) -> [String: Int64] {
            offsets.reduce(into: [:]) { $0[$1.key.description] = $1.value }
        }
        switch event {
        case .begin(let plan):
            (entry.source, entry.target) = (plan.sourceAlias, plan.targetAlias)
        case .intent(let group, let before, let wanted):
            entry.step = .intent
            entry.group = group
            entry.before = named(before.mapValues(\.offset))
            let texts = before.filter { !$0.value.metadata.isEmpty }
            entry.beforeMetadata = texts.isEmpty ? nil : texts.reduce(into: [:]) { $0[$1.key.description] = $1.value.metadata }
            entry.intended = named(wanted.mapValues(\.offset))
        case .result(let outcome):
            entry.step = .result
            entry.group = outcome.group
            entry.committed = named(outcome.committed)
            entry.remaining = outcome.remaining.map(\.description)
            entry.uncertain = outcome.isUncertain ? true : nil
            entry.failures = outcome.failures
            entry.succeeded = outcome.succeeded
        case .end(let succeeded):
            entry.step = .end
            entry.succeeded = succeeded
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var line = try encoder.encode(entry)
            line.append(0x0A)
            try write(line)
        } catch let error as JournalError {
            throw error
        } catch {
            throw JournalError(path: path, reason: "\(error)")
        }
    }

    private func write(_ line: Data) throws(JournalError) {
        let failure: JournalError? = state.withLock { state in
            if let failure = state.failure { return failure }
            do {
                try state.write(line)
            } catch {
                state.failure = JournalError(path: path, reason: "\(error)")
            }
            return state.failure
        }
        if let failure { throw failure }
    }
}

/// The journal can't be written.
public struct JournalError: Error, CustomStringConvertible {
    public var path: String
    public var reason: String

    public var description: String {
        """
        the journal '\(path)' can't be written: \(reason).
          Nothing further is done without it. Free space or name another place with --journal, then run the same command again.
        """
    }
}
