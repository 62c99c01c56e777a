internal import Foundation

/// One line of a journal. `docs/json.md` describes it; what a step does not have is missing.
public struct JournalEntry: JournalLine, Hashable {
    /// Raw values are stable.
    public enum Step: String, Codable, Sendable {
        /// A run's plan follows, a line for each group.
        case begin
        case planned
        /// Somebody has agreed to the plan: from here on things may be done.
        case agreed
        /// Producers will be kept from the source's topics, and are.
        case fence, fenced
        /// The plan was made again behind the fence; its groups follow.
        case replanned
        /// The fence will be taken down, and is.
        case unfence, unfenced
        /// Goes on after a crash, an interruption or a refusal.
        case resume
        /// Goes back to what stood before.
        case rollback
        /// What will be done to a group, before anything is.
        case intent
        /// What came of it.
        case result
        /// Of the run, of a resumption, or of a rollback.
        case end
    }

    /// Counted from 1.
    public var line = 0
    /// SHA-256 of the line before, without its line break, in hexadecimal; empty in the first.
    public var previous = ""
    public var step: Step
    /// ISO 8601, UTC.
    public var time = ""
    /// The run, in lines that begin something.
    public var run: RunID?
    public var by: Operator?
    /// Without its offsets, which follow.
    public var plan: CutoverPlan?
    /// In `begin`: the whole plan's, as in a plan file.
    public var digest: String?
    public var approval: Approval?
    public var group: String?
    public var offsets: [PlannedOffset]?
    public var moves: [GroupMove.Step]?
    public var outcome: Outcome?
    public var fence: FenceRecord?
    public var succeeded: Bool?
    /// In `begin`: the topic that has a copy of the lines.
    public var copiedTo: String?
    /// Of a last line without an end, which a crash cut short: nothing had been done on the strength of it.
    public var discardedBytes: Int?

    init(_ step: Step) { self.step = step }

    /// To be written, with offsets that are JSON already.
    struct Encoded {
        var entry: JournalEntry
        var offsets: Data?

        init(_ entry: JournalEntry, offsets: Data? = nil) {
            self.entry = entry
            self.offsets = offsets
        }
    }
}

/// A run's name: when it was begun (UTC), and four letters that keep two apart.
public struct RunID: RawRepresentable, Codable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}

/// Who runs a command.
public struct Operator: Codable, Sendable, Hashable {
    public var user: String
    public var host: String
    public var process: Int32

    public init(user: String, host: String, process: Int32) {
        self.user = user
        self.host = host
        self.process = process
    }

    /// `ann@laptop`.
    public var address: String { "\(user)@\(host)" }
}

/// How somebody agreed to a plan.
public struct Approval: Codable, Sendable, Hashable {
    /// "typed the target's alias", or "--yes".
    public var manner: String
    /// Hazards that were accepted.
    public var overrides: [Check.Kind]
    /// Groups that were left out because of a hazard.
    public var leftOut: [String]

    public init(manner: String, overrides: [Check.Kind] = [], leftOut: [String] = []) {
        self.manner = manner
        self.overrides = overrides
        self.leftOut = leftOut
    }
}
