internal import Foundation
import KafkaClient
internal import Synchronization

/// What a cutover did, written down before and after each step: JSON Lines, each line on disk before the next step.
///
/// It holds positions and names, never a credential. The file is readable by its owner only.
public final class Journal: Sendable {
    public let path: String
    private let file: Mutex<FileHandle>

    /// Creates the file; one that exists is appended to.
    ///
    /// - Throws: ``JournalError`` where it can't be written: nothing should be done then.
    public init(path: String) throws(JournalError) {
        self.path = path
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalError(path: path, reason: String(cString: strerror(errno))) }
        file = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
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
        public var intended: [String: Int64]?
        public var committed: [String: Int64]?
        public var failures: [String]?
        public var succeeded: Bool?
    }

    enum Event {
        case begin(CutoverPlan)
        case intent(group: String, before: [PlannedOffset], wanted: [TopicPartition: CommittedOffset])
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
            entry.before = before.reduce(into: [:]) { $0[$1.target.description] = $1.current?.offset }
            entry.intended = named(wanted.mapValues(\.offset))
        case .result(let outcome):
            entry.step = .result
            entry.group = outcome.group
            entry.committed = named(outcome.committed)
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
            try file.withLock { file in
                try file.write(contentsOf: line)
                try file.synchronize()
            }
        } catch {
            throw JournalError(path: path, reason: "\(error)")
        }
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
