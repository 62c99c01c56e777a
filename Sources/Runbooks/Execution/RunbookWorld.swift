public import Foundation

/// Everything outside that a run of a runbook touches.
public protocol RunbookWorld: Sendable {
    /// Runs a program to its end, or until its time is over.
    ///
    /// - Parameter told: Is given what it writes to stderr, as it comes.
    /// - Throws: Where it can't be started.
    func execute(_ program: Program, told: @escaping @Sendable (Data) -> Void) async throws -> ProgramEnd
    /// - Throws: Why there is no answer, for people.
    func fetch(_ request: HTTPQuestion) async throws -> HTTPAnswer
    /// What somebody says; `nil` where nobody is there to be asked.
    func ask(_ question: Question) async throws -> Reply?
    func tell(_ event: RunbookEvent)
    func sleep(for duration: Duration) async throws
}

extension RunbookWorld {
    /// Where there is one.
    func tell(command: [String]?) {
        guard let command, !command.isEmpty else { return }
        tell(.command(command.map(\.quotedForShell).joined(separator: " ")))
    }
}

/// A program to be run, by itself: no shell.
public struct Program: Sendable {
    public enum Executable: Sendable, Hashable {
        /// This very command.
        case failover
        /// A path, or a name that is looked for in PATH.
        case named(String)
    }

    public var executable: Executable
    public var arguments: [String]
    /// Besides this process's own.
    public var environment: [String: String] = [:]
    public var input = Data()
    public var timeout: Duration
    /// How long it is given to end by itself (SIGTERM) before it is killed.
    public var grace: Duration

    public init(executable: Executable, arguments: [String], timeout: Duration, grace: Duration = .seconds(5)) {
        (self.executable, self.arguments, self.timeout, self.grace) = (executable, arguments, timeout, grace)
    }
}

public struct ProgramEnd: Sendable {
    /// The exit status; minus the signal, where one ended it.
    public var status: Int
    public var output: Data
    public var errors: Data
    public var timedOut: Bool

    public init(status: Int, output: Data = Data(), errors: Data = Data(), timedOut: Bool = false) {
        (self.status, self.output, self.errors, self.timedOut) = (status, output, errors, timedOut)
    }
}

public struct HTTPQuestion: Sendable, Hashable, Codable {
    public var url: String
    public var method: String
    public var headers: [String: String]
    public var timeout: Duration

    public init(url: String, method: String, headers: [String: String], timeout: Duration) {
        (self.url, self.method, self.headers, self.timeout) = (url, method, headers, timeout)
    }
}

public struct HTTPAnswer: Sendable {
    public var status: Int
    public var body: Data

    public init(status: Int, body: Data) { (self.status, self.body) = (status, body) }
}

/// Something that only people can say.
public struct Question: Sendable {
    public enum Kind: Sendable, Hashable {
        /// yes or no
        case confirm
        case text, number
        case choice([String])
        /// By name. Empty: anybody.
        case approval(by: [String])
    }

    public var step: String
    public var title: String
    /// What has to be done before it can be answered.
    public var instruction: String?
    public var byHand: String?
    public var text: String
    public var kind: Kind
    /// What was wrong with the answer before.
    public var problem: String?
}

public struct Reply: Sendable, Hashable {
    /// `no` declines an approval; anything else is the name of who approves.
    public var text: String
    public var by: String

    public init(text: String, by: String) { (self.text, self.by) = (text, by) }
}

/// What a run tells while it goes on.
public enum RunbookEvent: Sendable {
    case step(StepNews)
    /// A command line, without secrets.
    case command(String)
    /// What a step says while it works.
    case output(Data)
    case note(String)
    case answered(String, by: String)
    case waiting(String)
    case ended(StepOutcome, message: String?, seconds: Double?)
    case rollingBack
}

/// A step begins.
public struct StepNews: Sendable {
    public var number: Int
    public var count: Int
    public var id: String
    public var title: String
    public var why: String?
    public var attempt: Int
    public var undoes: Bool
    public var target: Duration?
    /// Of the recovery; `nil` where it has not begun, or is over.
    public var elapsed: Duration?
    /// What the whole ought to take.
    public var recoveryTarget: Duration?
}
