internal import Foundation
internal import OffsetTranslate

extension ActionRunner {
    /// Has the mirror stopped or started, where that is a program's, and looks whether it shows in the heartbeats.
    func run(_ mirror: Action.MirrorChange, _ task: Task) async throws -> Result {
        let deadline = ContinuousClock.now + (task.timeout ?? mirror.watch * 4 + .seconds(60))
        let before = mirror.isStart ? try await newestHeartbeat(mirror, task) : nil
        if !mirror.command.isEmpty, try !mirror.command.items(in: scope).isEmpty {
            var command = Action.Command(run: mirror.command)
            command.isRepeatable = true
            let result = try await run(.command(command), task)
            guard result.outcome == .done else { return result }
        }
        return mirror.isStart
            ? try await awaitBeat(after: before ?? nil, mirror, task, until: deadline) : try await awaitSilence(mirror, task, until: deadline)
    }

    private func awaitSilence(_ mirror: Action.MirrorChange, _ task: Task, until deadline: ContinuousClock.Instant) async throws -> Result {
        var last = try await newestHeartbeat(mirror, task)
        guard last != nil else { return unproven("there are no heartbeats to tell by") }
        while true {
            world.tell(.waiting("watching for heartbeats, \(mirror.watch.forPeople)"))
            try await world.sleep(for: mirror.watch)
            let now = try await newestHeartbeat(mirror, task)
            // A look that fails is no silence: there were some.
            if now != nil, now == last { return Result(message: "no heartbeat for \(mirror.watch.forPeople)", found: ["proven": .boolean(true)]) }
            last = now ?? last
            guard ContinuousClock.now < deadline else {
                let what = now == nil ? "whether the mirror is stopped can't be told: its heartbeats can't be read" : "the mirror is not stopped: it still gives heartbeats"
                return Result(outcome: .failed, message: what, found: ["proven": .boolean(false)])
            }
        }
    }

    private func awaitBeat(
        after last: Int64?, _ mirror: Action.MirrorChange, _ task: Task, until deadline: ContinuousClock.Instant
    ) async throws -> Result {
        // One that never gave any may be set not to.
        var patience = last == nil ? min(deadline, .now + mirror.watch * 2) : deadline, last = last
        while true {
            if let now = try await newestHeartbeat(mirror, task) {
                if let last, now > last { return Result(message: "it gives heartbeats", found: ["proven": .boolean(true)]) }
                // The look before may have failed: then this is the one that another has to follow.
                if last == nil { (last, patience) = (now, deadline) }
            }
            guard ContinuousClock.now < patience else {
                if last == nil { return unproven("no heartbeat has come, nor did any before") }
                return Result(outcome: .failed, message: "the mirror is not running: no heartbeat has come", found: ["proven": .boolean(false)])
            }
            world.tell(.waiting("for a heartbeat"))
            try await world.sleep(for: .seconds(1))
        }
    }

    private func unproven(_ why: String) -> Result {
        Result(message: "\(why): make sure of it by other means", found: ["proven": .boolean(false)])
    }

    /// Of this flow, in milliseconds since the epoch; `nil` where there is none.
    private func newestHeartbeat(_ mirror: Action.MirrorChange, _ task: Task) async throws -> Int64? {
        struct Row: Decodable { var newestHeartbeat: Int64? }
        let flow = try mirror.flow.map { try [$0].items(in: scope).map { "--flow=\($0)" } } ?? []
        let arguments = try ["heartbeats", "--stats", "--this-flow"] + clusters.arguments(in: scope, isHomeless: true, flow: flow.isEmpty) + flow + ["--output=jsonl"]
        let end = try await execute(Program(executable: .failover, arguments: arguments, timeout: .seconds(60)))
        // Without the topic there are none.
        guard end.status == 0 else { return nil }
        return try end.output.split(separator: 0x0A).compactMap { try JSONDecoder().decode(Row.self, from: Data($0)).newestHeartbeat }.max()
    }
}

extension Duration {
    /// `90 s`, `5 min`, `2 h 5 min`.
    public var forPeople: String {
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let (whole, attoseconds) = components, seconds = whole.addingClamped(attoseconds >= 500_000_000_000_000_000 ? 1 : 0)
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 7200 { return "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s") }
        return "\(seconds / 3600) h" + (seconds / 60 % 60 == 0 ? "" : " \(seconds / 60 % 60) min")
    }
}
