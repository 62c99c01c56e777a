@testable import Cutover
import Foundation
import InMemoryKafka
import Synchronization
import TestSupport
import Testing

@testable import Runbooks

/// What runbooks of tests work on: it outlives the process that a run is in, and remembers what was done to it.
final class Outside: RunbookWorld {
    /// Where the process dies: at which of its calls, and whether that has had its effect by then.
    struct Death: Hashable {
        var call: Int
        var isAfter: Bool
    }

    private struct State {
        var effects: [String] = []
        var questions: [Question] = []
        var events: [String] = []
        var calls = 0
        var death: Death?
        var replies: [String: [String]] = [:]
        var ends: [String: [ProgramEnd]] = [:]
        var programs: [Program] = []
        var requests: [HTTPQuestion] = []
    }
    private let state = Mutex(State())

    /// As it was at some time: what had been done to it by then.
    func remember(_ effects: [String]) { state.withLock { $0.effects = effects } }

    /// In order.
    var effects: [String] { state.withLock { $0.effects } }
    var questions: [Question] { state.withLock { $0.questions } }
    var calls: Int { state.withLock { $0.calls } }
    var events: [String] { state.withLock { $0.events } }
    var programs: [Program] { state.withLock { $0.programs } }
    var requests: [HTTPQuestion] { state.withLock { $0.requests } }

    func die(_ death: Death?) {
        state.withLock {
            $0.death = death
            $0.calls = 0
        }
    }

    /// Answers in order; the last one stays. Without any, nobody is there.
    func reply(_ step: String, _ replies: String...) { state.withLock { $0.replies[step] = replies } }
    /// How programs of this name end, in order; then they succeed.
    func end(_ program: String, _ ends: ProgramEnd...) { end(program, ends) }
    func end(_ program: String, _ ends: [ProgramEnd]) { state.withLock { $0.ends[program] = ends.reversed() } }

    /// A call from the process.
    private func call<Result>(_ effect: () throws -> Result) throws -> Result {
        let number = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        let death = state.withLock { $0.death }
        if death == Death(call: number, isAfter: false) { throw Killed.error }
        let result = try effect()
        if death == Death(call: number, isAfter: true) { throw Killed.error }
        return result
    }

    private func effect(_ name: String) { state.withLock { $0.effects.append(name) } }

    // MARK: The world

    func execute(_ program: Program, told: @escaping @Sendable (Data) -> Void) async throws -> ProgramEnd {
        state.withLock { $0.programs.append(program) }
        guard case .failover = program.executable else {
            guard case .named(let name) = program.executable else { throw Killed.error }
            return try call {
                effect(([name] + program.arguments).joined(separator: " "))
                if name == "interrupted" {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return ProgramEnd(status: -15)
                }
                told(Data("from \(name): \(program.environment["TOKEN"] ?? "")\n".utf8))
                return next(name) ?? ProgramEnd(status: 0, output: Data("said by \(name)\n".utf8))
            }
        }
        let arguments = program.arguments
        func option(_ name: String) -> String? { arguments.first { $0.hasPrefix("--\(name)=") }.map { String($0.dropFirst(name.count + 3)) } }
        switch arguments[0] {
        case "plan":
            return try call {
                let plan = CutoverPlan(mode: .failover, sourceAlias: "west", targetAlias: "east", offsets: [], warnings: [option("matching") ?? ""])
                try PlanFile.encode(plan).write(to: URL(fileURLWithPath: option("out") ?? ""))
                return next("plan") ?? ProgramEnd(status: 0, output: Data("{}".utf8))
            }
        case "apply":
            let id = RunID(rawValue: option("run") ?? ""), folder = JournalFolder(URL(fileURLWithPath: option("journal-folder") ?? ""))
            if let end = next("apply") { return end }
            // Refused, or dead, before it was written down.
            try call {}
            let plan = try PlanFile.decode(try Data(contentsOf: URL(fileURLWithPath: arguments.last ?? "")), name: "plan")
            _ = try await CutoverRun.begin(
                plan, Approval(manner: "--yes, approved by \(option("approved-by") ?? "nobody")"), by: .me, id: id,
                journal: try folder.newRun(id).path, on: InMemoryCluster("east"))
            try call {}
            return try call { moved(id) }
        case "resume":
            return try call { moved(RunID(rawValue: arguments.last ?? "")) }
        case "rollback":
            return try call {
                effect("put back \(arguments.last ?? "")")
                return next("rollback") ?? ProgramEnd(status: 0, output: Data(#"{"results":[]}"#.utf8))
            }
        case "verify":
            return try call { next("verify") ?? ProgramEnd(status: 0, output: Data(#"{"positions":[{"verdict":"matched"}]}"#.utf8)) }
        case "heartbeats":
            return try call { next("heartbeats") ?? ProgramEnd(status: 0, output: Data(#"{"newestHeartbeat":5}"#.utf8)) }
        default: return next(arguments[0]) ?? ProgramEnd(status: 64)
        }
    }

    /// Groups are moved once, whoever finishes it.
    private func moved(_ id: RunID) -> ProgramEnd {
        if !effects.contains("moved \(id)") { effect("moved \(id)") }
        return ProgramEnd(status: 0, output: Data(#"{"run":"\#(id)","results":[{"group":"g","ending":"moved","committed":{"t-0":7}}]}"#.utf8))
    }

    private func next(_ program: String) -> ProgramEnd? {
        state.withLock { state in state.ends[program]?.popLast() }
    }

    func fetch(_ request: HTTPQuestion) async throws -> HTTPAnswer {
        state.withLock { $0.requests.append(request) }
        return try call { HTTPAnswer(status: request.url.hasSuffix("missing") ? 404 : 200, body: Data("all is well".utf8)) }
    }

    func ask(_ question: Question) async throws -> Reply? {
        state.withLock { $0.questions.append(question) }
        if case .choice(["again", "done", "stop"]) = question.kind, state.withLock({ $0.replies[question.step] == nil }) {
            // Whoever looks knows.
            return try call { Reply(text: effects.contains { $0.hasPrefix(question.step) } ? "done" : "again", by: "ann") }
        }
        return try call {
            state.withLock { state in
                guard let replies = state.replies[question.step], let reply = replies.first else { return nil }
                if replies.count > 1 { state.replies[question.step]?.removeFirst() }
                return Reply(text: reply, by: "ann")
            }
        }
    }

    func tell(_ event: RunbookEvent) {
        let text: String = switch event {
        case .step(let news): "step \(news.id)"
        case .command(let line): "command \(line)"
        case .output(let data): "output \(String(decoding: data, as: UTF8.self))"
        case .note(let text): "note \(text)"
        case .answered(let text, let by): "answered \(text) \(by)"
        case .waiting(let text): "waiting \(text)"
        case .ended(let outcome, let message, _): "\(outcome) \(message ?? "")"
        case .rollingBack: "rolling back"
        }
        state.withLock { $0.events.append(text) }
    }

    func sleep(for duration: Duration) async throws { try call {} }
}

enum Killed {
    /// What is thrown out of a run without a line being written, as by a process that dies.
    static let error = JournalError(path: "-", reason: "the process was killed")
}

extension Operator {
    static let me = Operator(user: "me", host: "laptop", process: 7)
}

/// A runbook, where its runs are kept, and what they work on.
struct Rehearsed {
    var runbook: Runbook
    var text: String
    let folder: RunbookFolder
    let outside = Outside()
    var answers = Answers()
    var parameters = ParameterTexts()

    init(_ text: String) throws {
        self.text = text
        runbook = try Runbook(text, file: "test.yaml")
        folder = RunbookFolder(JournalFolder(scratch.appendingPathComponent("runbooks-\(UUID().uuidString)")))
    }

    func begin() async throws -> RunbookRun {
        try await RunbookRun.begin(
            runbook, RunbookText(path: "test.yaml", text: text), try parameters.values(of: runbook), answers: answers, by: .me, in: folder, world: outside)
    }

    /// To wherever it ends.
    func run() async throws -> RunbookEnding {
        var run = try await begin()
        return try await run.go()
    }

    func resume(from: String? = nil, rollBack: Bool = false) async throws -> RunbookEnding {
        var run = try await RunbookRun.resume(
            try #require(folder.ids.first), from: from, rollBack: rollBack, answers: { _ in answers }, by: .me, in: folder, world: outside)
        return try await run.go()
    }

    var history: RunbookHistory { get throws { try RunbookHistory(journal: folder.journal(of: #require(folder.ids.first))) } }

    func outcomes() throws -> [String] {
        let history = try history
        return runbook.steps.map { "\($0.id) \(history.latest($0.id)?.outcome?.rawValue ?? "-")" }
    }
}

