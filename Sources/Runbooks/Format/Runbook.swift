internal import OffsetTranslate

/// A procedure that people read and ``RunbookRun`` carries out. `docs/runbooks.md` describes its file.
public struct Runbook: Sendable {
    public var title: String
    public var purpose: String
    public var useWhen: [String]
    public var notWhen: [String]
    public var owner: String
    /// What has to be at hand before it begins.
    public var needs: [String]
    public var parameters: [Parameter]
    public var clusters: Clusters
    public var recovery: Recovery?
    public var steps: [Step]

    /// Which clusters its operations work on.
    public struct Clusters: Sendable, Hashable {
        public var config: [Template] = []
        public var source: Template?
        public var target: Template?
        public var sourceAlias: Template?
        public var targetAlias: Template?
        public var policy: Template?
        public var flow: Template?
        public var set: [Template] = []
        public var timeout: Duration?
        public var sourceLost: Expression?
    }

    /// What counts as recovery in its report.
    public struct Recovery: Sendable, Hashable {
        /// A step's beginning; `nil`: the run's.
        public var from: String?
        /// A step's end.
        public var to: String
        public var target: Duration?
        /// How many records were lost.
        public var lost: Expression?
        public var lostTarget: Int?
    }
}

/// One step of a runbook.
public struct Step: Sendable {
    public var id: String
    public var title: String
    public var description: Template?
    /// What it protects against.
    public var why: Template?
    /// The same with Kafka's own tools.
    public var byHand: Template?
    public var when: Expression?
    /// After which it has failed.
    public var timeout: Duration?
    /// How long it ought to take.
    public var target: Duration?
    public var retry: Retry?
    public var onFailure = OnFailure.stop
    public var compensation: Compensation?
    public var action: Action
    /// Where it begins in the file, from 1.
    public var line: Int

    public struct Retry: Sendable, Hashable {
        /// Besides the first time.
        public var times: Int
        public var every: Duration
    }

    /// Raw values are the format's.
    public enum OnFailure: String, Sendable, CaseIterable { case stop, `continue`, ask, rollback }

    /// What undoes a step.
    public struct Compensation: Sendable {
        public var title: String
        public var action: Action
        /// Never `rollback`.
        public var onFailure = OnFailure.stop
    }
}

/// What a step does.
public indirect enum Action: Sendable {
    case note(Template)
    case manual(Manual)
    case approve(Approve)
    case command(Command)
    case http(HTTPCheck)
    case wait(Wait)
    case gate(Gate)
    case mirror(MirrorChange)
    case operation(Operation)

    /// Somebody does it, and answers.
    public struct Manual: Sendable, Hashable {
        public var question: Template
        public var answer = Answer.confirm
        public var choices: [String] = []

        public enum Answer: String, Sendable, CaseIterable { case confirm, text, number, choice }
    }

    /// Somebody agrees, by name.
    public struct Approve: Sendable, Hashable {
        public var question: Template
        /// Who may; none: anybody.
        public var by: [Template] = []
        /// Not who runs it, nor who has approved before.
        public var needsFourEyes = false
    }

    /// A program, run by itself.
    public struct Command: Sendable, Hashable {
        public var run: [Template]
        /// Where `run` is empty, people do it, and answer this.
        public var question: Template?
        public var environment: [String: Template] = [:]
        public var input: Template?
        public var accept: [Int] = [0]
        /// May be run again after an interruption.
        public var isRepeatable = false
        /// A dry run runs it too.
        public var isReadOnly = false
    }

    public struct HTTPCheck: Sendable, Hashable {
        public var url: Template
        public var method = Method.get
        public var headers: [String: Template] = [:]
        public var accept: [Int] = [200]
        public var contains: Template?

        public enum Method: String, Sendable, CaseIterable { case get = "GET", head = "HEAD" }
    }

    /// Looks again and again until something holds.
    public struct Wait: Sendable {
        public var until: Expression
        public var every: Duration
        public var look: Action
    }

    public struct Gate: Sendable, Hashable {
        public var require: Expression
        /// Where it does not hold.
        public var message: Template?
    }

    /// The mirror is stopped or started, and watched.
    public struct MirrorChange: Sendable, Hashable {
        public var isStart: Bool
        /// Empty: people do it.
        public var command: [Template] = []
        public var watch: Duration = .seconds(15)
        /// Whose, where it is not the clusters' own.
        public var flow: Template?

        /// Of people, where they do it.
        var question: String { "Has the mirror been \(isStart ? "started" : "stopped")?" }
    }
}

extension Action {
    /// The key in the file.
    public var kind: String {
        switch self {
        case .note: "note"
        case .manual: "manual"
        case .approve: "approve"
        case .command: "command"
        case .http: "http"
        case .wait: "wait"
        case .gate: "gate"
        case .mirror: "mirror"
        case .operation(let operation): operation.kind.rawValue
        }
    }

    /// Nothing that it does needs undoing, or a second look after a crash.
    public var isReadOnly: Bool {
        switch self {
        case .note, .gate, .http, .wait, .manual, .approve: true
        case .command(let command): command.isReadOnly
        case .mirror: false
        case .operation(let operation): !operation.kind.changes
        }
    }

    /// Only people can do it.
    public var isAsked: Bool {
        switch self {
        case .manual, .approve: true
        default: false
        }
    }
}

extension Runbook {
    public subscript(id: String) -> Step? { steps.first { $0.id == id } }
}
