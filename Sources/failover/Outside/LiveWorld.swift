import Cutover
import Foundation
import KafkaClient
import Runbooks

/// What a runbook's run touches: processes, addresses, and whoever sits at the terminal.
struct LiveWorld: RunbookWorld {
    var view: RunbookProgress
    /// Somebody may be asked.
    var asks = true
    /// Where this command is.
    var itself = Bundle.main.executablePath ?? CommandLine.arguments[0]

    func execute(_ program: Program, told: @escaping @Sendable (Data) -> Void) async throws -> ProgramEnd {
        let path = switch program.executable {
        case .named(let name): name
        case .failover: itself
        }
        var child = ChildProcess(path, program.arguments, environment: program.environment, timeout: program.timeout)
        if program.executable == .failover { child.environment[ParentWatch.variable] = "\(getpid())" }
        child.errors = .kept(told)
        child.termination = .ask(program.grace)
        child.outputLimit = 256 << 20
        let end = try await child.run(input: program.input)
        return ProgramEnd(status: Int(end.status), output: end.output, errors: end.errors, timedOut: end.timedOut)
    }

    /// In a process of its own: what the web client library may do to one is then no matter of the run's.
    func fetch(_ question: HTTPQuestion) async throws -> HTTPAnswer {
        // The question goes to stdin, as its headers may hold secrets.
        var program = Program(executable: .failover, arguments: ["web-fetch"], timeout: question.timeout + .seconds(1), grace: .zero)
        program.environment = ["SWIFT_BACKTRACE": "enable=no"]
        program.input = try JSONEncoder().encode(question)
        let end = try await execute(program) { _ in }
        if end.timedOut { throw WebError(description: "gave no whole answer within \(question.timeout.forPeople)") }
        guard end.status == 0, let answer = try? JSONDecoder().decode(WebFetchCommand.Answer.self, from: end.output) else {
            throw WebError(description: "could not be asked: the process that was to do it ended with status \(end.status)")
        }
        guard let status = answer.status else { throw WebError(description: answer.problem ?? "gave no answer") }
        return HTTPAnswer(status: status, body: answer.body ?? Data())
    }

    func ask(_ question: Question) async throws -> Reply? {
        guard asks, Console.canPrompt else {
            view.waitsForAnswer(question)
            return nil
        }
        // What was typed before the question is no answer to it.
        tcflush(STDIN_FILENO, TCIFLUSH)
        view.show(question)
        guard let line = try await TerminalLine.read() else { return nil }
        return Reply(text: line.trimmingCharacters(in: .whitespaces), by: NSUserName())
    }

    func tell(_ event: RunbookEvent) { view.tell(event) }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

/// What somebody types, without keeping an interruption waiting.
enum TerminalLine {
    /// `nil` at the end of the input.
    ///
    /// - Throws: `CancellationError` where the task is cancelled before there is a whole line.
    static func read() async throws -> String? {
        var line: [UInt8] = []
        while true {
            try Task.checkCancellation()
            var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 0) > 0 else {
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            var byte: UInt8 = 0
            guard Foundation.read(STDIN_FILENO, &byte, 1) == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
            if line.count < 1 << 16 { line.append(byte) }
        }
    }
}
