@testable import Cutover
import Foundation
import Synchronization
import Testing

@Suite struct ChildProcessTests {
    private func shell(_ script: String, seconds: Int = 60) -> ChildProcess { ChildProcess("sh", ["-c", script], timeout: .seconds(seconds)) }

    @Test func inputOutputErrorsAndStatus() async throws {
        let told = Mutex(Data())
        var child = shell("cat; echo out; echo one >&2; printf two >&2; exit 7")
        child.errors = .kept { news in told.withLock { $0 += news } }
        child.environment = ["NAME": "with spaces $(and) 'quotes'"]
        let end = try await child.run(input: Data("in\n".utf8))
        #expect(end.status == 7 && end.output == Data("in\nout\n".utf8) && end.errors == Data("one\ntwo".utf8) && !end.timedOut)
        #expect(told.withLock { $0 } == Data("one\ntwo".utf8))
        let named = try await ChildProcess("printenv", ["NAME"], environment: child.environment, timeout: .seconds(60)).run(input: Data())
        #expect(named.output == Data("with spaces $(and) 'quotes'\n".utf8))
    }

    /// Who reads along gets whole lines, so that nothing is cut in two.
    @Test func linesComeWhole() async throws {
        let told = Mutex<[Data]>([])
        var child = shell("for i in 1 2 3 4 5; do printf begin >&2; sleep 0.05; echo end >&2; done; printf rest >&2")
        child.errors = .kept { news in told.withLock { $0.append(news) } }
        _ = try await child.run(input: Data())
        let pieces = told.withLock { $0 }
        #expect(pieces.count > 1 && pieces.dropLast().allSatisfy { $0.last == 0x0A } && pieces.last == Data("rest".utf8))
        #expect(pieces.reduce(Data(), +) == Data((String(repeating: "beginend\n", count: 5) + "rest").utf8))
    }

    @Test func timeEndsIt() async throws {
        var child = shell("trap 'echo asked; exit 3' TERM; while true; do sleep 0.05; done", seconds: 1)
        let killed = try await child.run(input: Data())
        #expect(killed.status == -SIGKILL && killed.timedOut)
        child.termination = .ask(.seconds(60))
        let asked = try await child.run(input: Data())
        #expect(asked.status == 3 && asked.timedOut && asked.output == Data("asked\n".utf8))
        var stubborn = shell("trap '' TERM; sleep 100 & echo $!; wait; sleep 100", seconds: 1)
        stubborn.termination = .ask(.milliseconds(300))
        let end = try await stubborn.run(input: Data())
        // With what it had started.
        let started = try #require(Int32(String(decoding: end.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(end.status == -SIGKILL && end.timedOut)
        let deadline = ContinuousClock.now + .seconds(30)
        while kill(started, 0) == 0, !Self.isZombie(started), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(kill(started, 0) != 0 || Self.isZombie(started))
    }

    private static func isZombie(_ process: Int32) -> Bool {
        (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8))?.contains(") Z ") ?? true
    }

    @Test func aCancelledTaskAsksIt() async throws {
        var child = shell("trap 'exit 4' TERM; while true; do sleep 0.05; done")
        child.termination = .ask(.seconds(60))
        let running = Task { [child] in try await child.run(input: Data()) }
        try await Task.sleep(for: .milliseconds(500))
        running.cancel()
        let end = try await running.value
        // The shell may not have got as far as its trap.
        #expect([4, -SIGTERM].contains(end.status) && !end.timedOut)
    }

    /// What this process ignores, a child does not.
    @Test func signalsAreTheirDefault() async throws {
        let before = signal(SIGHUP, SIG_IGN)
        defer { signal(SIGHUP, before) }
        let end = try await shell("kill -HUP $$; sleep 5").run(input: Data())
        #expect(end.status == -SIGHUP)
    }

    /// A service that a command starts has to be able to hear that it is to stop. (Some shells clear the mask, so none is asked.)
    @Test func noSignalIsHeldBack() async throws {
        let end = try await ChildProcess("grep", ["SigBlk", "/proc/self/status"], timeout: .seconds(60)).run(input: Data())
        #expect(String(decoding: end.output, as: UTF8.self) == "SigBlk:\t0000000000000000\n")
    }

    @Test func whatStaysInTheBackgroundKeepsNobodyWaiting() async throws {
        // It has this process's stderr no more, or whoever reads that to its end would wait for it.
        let end = try await shell("sleep 600 2>/dev/null & echo $!").run(input: Data())
        let left = try #require(Int32(String(decoding: end.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)))
        // It goes on, and was not waited for.
        #expect(end.status == 0 && kill(left, SIGKILL) == 0)
    }

    @Test func whoWritesTooMuchIsKilled() async throws {
        var child = shell("head -c 1000000 /dev/zero; exec sleep 300")
        child.outputLimit = 100_000
        let end = try await child.run(input: Data())
        #expect(end.status == -SIGKILL && !end.timedOut)
        await #expect(throws: SystemCallError.self) { _ = try await ChildProcess("no-such-program-\(UUID())", [], timeout: .seconds(1)).run(input: Data()) }
    }
}
