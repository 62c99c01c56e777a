public import Cutover

/// One line of a runbook's journal. `docs/runbooks.md` describes it; what a step does not have is missing.
public struct RunbookEntry: JournalLine, Hashable {
    /// Raw values are stable.
    public enum Step: String, Codable, Sendable {
        /// Somebody has agreed to begin.
        case begin
        /// Goes on after whatever stopped it.
        case resume
        /// A step, or what undoes it, before anything is done.
        case started
        case answered
        /// What came of it.
        case ended
        /// From here on, what was done is undone.
        case rollback
        /// Of the run, or of a part of it.
        case end
    }

    public var line = 0
    public var previous = ""
    public var step: Step
    /// ISO 8601, UTC.
    public var time = ""
    public var run: String?
    public var by: Operator?
    public var runbook: RunbookText?
    /// In `begin`. Of a secret where it is, never what it is.
    public var parameters: [String: Value]?
    /// In `resume`: the step that it goes back to.
    public var from: String?
    /// The step.
    public var id: String?
    /// It is what undoes the step.
    public var undoes: Bool?
    /// Counted from 1.
    public var attempt: Int?
    /// What is run, without secrets.
    public var command: [String]?
    /// The cutover's run, of a step that makes one.
    public var child: String?
    public var answer: String?
    public var answeredBy: String?
    /// It was in a file of answers.
    public var beforehand: Bool?
    public var outcome: StepOutcome?
    public var message: String?
    /// What later steps can refer to.
    public var found: [String: Value]?
    public var evidence: [Evidence]?
    public var seconds: Double?
    public var ending: RunbookEnding?

    init(_ step: Step) { self.step = step }
}

/// A runbook as it was when a run began.
public struct RunbookText: Codable, Sendable, Hashable {
    public var path: String
    public var text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// What a step printed, or made, in the run's folder.
public struct Evidence: Codable, Sendable, Hashable {
    /// Below the run's folder.
    public var file: String
    public var bytes: Int
    /// In hexadecimal.
    public var sha256: String
}

/// How a step ended. Raw values are stable.
public enum StepOutcome: String, Codable, Sendable { case done, failed, skipped }

/// How a run, or a part of it, ended. Raw values are stable.
public enum RunbookEnding: String, Codable, Sendable {
    case completed
    /// At a step that failed.
    case stopped
    case rolledBack
    case rolledBackInPart
    /// For want of an answer.
    case paused
    /// From outside.
    case interrupted
    /// Somebody said no.
    case declined
}
