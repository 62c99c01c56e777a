internal import Cutover
internal import Foundation
internal import OffsetTranslate
internal import Synchronization

/// Does one thing that needs nobody's answer, in one place for runs and for dry runs.
struct ActionRunner: Sendable {
    var world: any RunbookWorld
    var scope: Scope
    var secrets: Secrets
    var clusters: Runbook.Clusters
    /// Of the cutovers' journals.
    var journals: JournalFolder
    /// The run's own.
    var folder: URL
    var isDryRun = false
    /// What a wait's looks have said so far: the same again tells nobody anything.
    var heard: Heard?

    /// What is done, and for which step.
    struct Task: Sendable {
        var step: String
        /// Of files: the step's, or what undoes it.
        var name: String
        var attempt: Int
        var timeout: Duration?
        /// Of an `apply`.
        var child: Operation.RunName?
        /// What a step has made.
        var cutover: @Sendable (_ step: String) -> Operation.RunName? = { _ in nil }
        /// SHA-256 of the plans that steps have made.
        var plans: [String: String] = [:]
    }

    struct Result: Sendable {
        var outcome = StepOutcome.done
        var message: String?
        var found: Found = [:]
        var evidence: [Evidence] = []
    }

    func run(_ action: Action, _ task: Task) async throws -> Result {
        switch action {
        case .note(let text):
            world.tell(.note(text.preview(in: scope)))
            return Result()
        case .gate(let gate): return check(gate)
        case .command(let command): return try await run(command, task)
        case .http(let check): return try await run(check, task)
        case .operation(let operation): return try await run(operation, task)
        case .wait(let wait): return try await run(wait, task)
        case .mirror(let mirror): return try await run(mirror, task)
        case .manual, .approve: return Result(outcome: .failed, message: "only people can do this")
        }
    }

    private func check(_ gate: Action.Gate) -> Result {
        let evidence = gate.require.evidence(in: scope)
        switch gate.require.value(in: scope) {
        case .boolean(true)?: return Result(message: evidence)
        case nil:
            return Result(outcome: .failed, message: "\(ValueUnfit.notKnown(gate.require.unknown(in: scope))); so \(gate.require.text) can't be told")
        default:
            let message = gate.message.map { $0.preview(in: scope) + " " } ?? ""
            return Result(outcome: .failed, message: "\(message)(\(gate.require.text) does not hold: \(evidence))")
        }
    }

    // MARK: Programs

    /// What is run, for people and the journal: without secrets.
    func commandLine(of action: Action, _ task: Task) -> [String]? {
        switch action {
        case .command(let command): try? command.run.items(in: scope)
        case .mirror(let mirror): try? mirror.command.items(in: scope)
        case .operation(let operation): (try? arguments(of: operation, task)).map { ["failover"] + $0 }
        case .wait(let wait): commandLine(of: wait.look, task)
        case .http(let check): check.url.string(in: scope).map { [check.method.rawValue, $0] }
        case .note, .gate, .manual, .approve: nil
        }
    }

    private func run(_ command: Action.Command, _ task: Task) async throws -> Result {
        let words = try command.run.items(in: scope)
        // What stands behind a list that is empty is an argument, and no program.
        guard let name = try command.run.prefix(1).map({ $0 }).items(in: scope).first, !name.isEmpty else { return Result(outcome: .failed, message: "no program is named") }
        let revealed = secrets.revealed(in: scope)
        var program = Program(executable: .named(name), arguments: Array(words.dropFirst()), timeout: task.timeout ?? .seconds(60))
        program.environment = try command.environment.mapValues { try [$0].items(in: revealed).joined(separator: ", ") }
        program.input = Data(try optional(command.input)?.utf8 ?? "".utf8)
        let end: ProgramEnd
        do { end = try await execute(program) } catch let error where !error.endsRun {
            return Result(outcome: .failed, message: "'\(name)' can't be run: \(error)")
        }
        var result = try Result(evidence: keep(end, task))
        let output = secrets.redact(end.output).prefix(1 << 16)
        result.found = ["status": .integer(end.status), "output": .text(String(decoding: output, as: UTF8.self).withoutLastLineBreak)]
        judge(end, accepted: command.accept, name, &result)
        return result
    }

    /// - Parameter meanings: Of exit statuses, where they are known.
    func judge(_ end: ProgramEnd, accepted: [Int], _ name: String, _ result: inout Result, meanings: [Int: String]? = nil) {
        if end.timedOut {
            (result.outcome, result.message) = (.failed, "'\(name)' was ended because its time was over")
        } else if end.status < 0 {
            (result.outcome, result.message) = (.failed, "'\(name)' was killed by signal \(-end.status)" + said(end))
        } else if !accepted.contains(end.status) {
            let meaning = meanings?[end.status].map { " (\($0))" } ?? ""
            (result.outcome, result.message) = (.failed, "'\(name)' ended with status \(end.status)\(meaning)" + said(end, errorsOnly: meanings != nil))
        }
    }

    /// The last that it wrote to stderr, for a message.
    private func said(_ end: ProgramEnd, errorsOnly: Bool = false) -> String {
        // What is cut first may leave a part of a secret.
        let lines = String(decoding: secrets.redact(end.errors).suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let last = lines.last(where: { $0.hasPrefix("failover: ") }) ?? (errorsOnly ? nil : lines.last) else { return "" }
        return ": " + last.prefix(500)
    }

    func execute(_ program: Program) async throws -> ProgramEnd {
        // A parameter has none, but what a step has found may: the rest would be lost without a word.
        guard !program.words.contains(where: { $0.utf8.contains(0) }) else { throw ArgumentUnfit() }
        return try await world.execute(program) { [world, secrets, heard] in
            let news = heard?.news(in: $0) ?? $0
            if !news.isEmpty { world.tell(.output(secrets.redact(news))) }
        }
    }

    private func optional(_ template: Template?) throws -> String? { try template.map { try [$0].items(in: scope).joined(separator: ", ") } }

    // MARK: Looks

    private func run(_ check: Action.HTTPCheck, _ task: Task) async throws -> Result {
        let revealed = secrets.revealed(in: scope), url = try [check.url].items(in: scope).joined()
        let headers = try check.headers.mapValues { try [$0].items(in: revealed).joined(separator: ", ") }
        guard !headers.values.contains(where: { $0.contains(where: \.isNewline) }) else {
            return Result(outcome: .failed, message: "a header holds a line break")
        }
        let answer: HTTPAnswer
        do {
            answer = try await world.fetch(HTTPQuestion(url: url, method: check.method.rawValue, headers: headers, timeout: task.timeout ?? .seconds(10)))
        } catch let error where !error.endsRun {
            return Result(outcome: .failed, message: secrets.redact("\(url): \(error)"))
        }
        let body = String(decoding: secrets.redact(answer.body).prefix(1 << 16), as: UTF8.self)
        var result = Result(found: ["status": .integer(answer.status), "body": .text(body)])
        if !check.accept.contains(answer.status) {
            (result.outcome, result.message) = (.failed, "\(url) answered with status \(answer.status)")
        } else if let wanted = try optional(check.contains), !body.contains(wanted) {
            (result.outcome, result.message) = (.failed, "the answer of \(url) does not hold '\(wanted)'")
        }
        return result
    }

    private func run(_ wait: Action.Wait, _ task: Task) async throws -> Result {
        let deadline = ContinuousClock.now + (task.timeout ?? .seconds(600))
        var look = task, looker = self
        looker.heard = Heard()
        while true {
            let left = deadline - .now
            look.timeout = max(.seconds(1), left)
            var result = try await looker.run(wait.look, look)
            let here = scope.with(this: result.found), evidence = wait.until.evidence(in: here)
            if result.outcome == .done, wait.until.value(in: here) == .boolean(true) {
                result.message = evidence
                return result
            }
            let reason = result.outcome == .failed ? result.message ?? "" : evidence
            guard !isDryRun, ContinuousClock.now + wait.every < deadline else {
                (result.outcome, result.message) = (.failed, "\(wait.until.text) does not hold\(isDryRun ? " now" : " in time"): \(reason)")
                return result
            }
            world.tell(.waiting(reason))
            try await world.sleep(for: wait.every)
        }
    }
}

extension ActionRunner {
    /// What a program printed, in files of their own, without secrets.
    func keep(_ end: ProgramEnd, _ task: Task) throws -> [Evidence] {
        guard !isDryRun else { return [] }
        return try [("out", end.output), ("err", end.errors)].filter { !$0.1.isEmpty }.map { suffix, data in
            let name = "evidence/\(task.name)-\(task.attempt).\(suffix)", redacted = secrets.redact(data)
            let path = folder.appendingPathComponent(name).path
            guard FileManager.default.createFile(atPath: path, contents: redacted, attributes: [.posixPermissions: 0o600]) else {
                throw JournalError(path: path, reason: "what a step printed can't be kept")
            }
            return Evidence(file: name, redacted)
        }
    }
}

/// Lines that were told.
final class Heard: Sendable {
    private let lines = Mutex<Set<Data>>([])

    func news(in data: Data) -> Data {
        lines.withLock { lines in data.split(separator: 0x0A).filter { lines.insert(Data($0)).inserted }.reduce(into: Data()) { $0 += $1 + [0x0A] } }
    }
}

extension Evidence {
    init(file: String, _ data: Data) { self.init(file: file, bytes: data.count, sha256: Cutover.sha256(data)) }
}

/// No program can be given it.
private struct ArgumentUnfit: Error, CustomStringConvertible {
    var description: String { "one of its arguments, or of its environment, holds a NUL character" }
}

extension Program {
    /// What it is handed as text that a NUL ends.
    fileprivate var words: [String] {
        let name: [String] = if case .named(let name) = executable { [name] } else { [] }
        return name + arguments + environment.values
    }
}

extension Error {
    /// No failure of a step: nothing more can be written, or is wanted.
    var endsRun: Bool { self is JournalError || self is CancellationError }
}

extension String {
    var withoutLastLineBreak: String { last?.isNewline == true ? String(dropLast()) : self }
}
