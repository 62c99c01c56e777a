import KafkaClient
internal import Synchronization

/// Something that goes on until it is told to end.
final class Background: Sendable {
    private struct State: Sendable {
        var isEnding = false
        var isOver = false
        var failure: (any Error)?
    }
    private final class Ending: Sendable {
        let state = Mutex(State())
    }
    private let ending = Ending()
    private let task: Task<Void, Never>
    private let hasBegun: @Sendable () -> Bool
    private let ask: @Sendable () -> Void

    /// - Parameters:
    ///   - hasBegun: Whether it is at work.
    ///   - ask: Asks it to come to its end by itself; without it, it is cancelled.
    init(
        hasBegun: @escaping @Sendable () -> Bool = { true }, ask: (@Sendable () -> Void)? = nil,
        _ work: @escaping @Sendable () async throws -> Void
    ) {
        let ending = ending
        let task = Task {
            do { try await work() } catch is CancellationError {} catch { ending.state.withLock { $0.failure = error } }
            ending.state.withLock { $0.isOver = true }
        }
        self.task = task
        self.hasBegun = hasBegun
        self.ask = ask ?? { task.cancel() }
    }

    /// What it died of.
    var failure: (any Error)? { ending.state.withLock { $0.failure } }
    /// Whether it was told to end.
    var isEnding: Bool { ending.state.withLock { $0.isEnding } }
    private var isOver: Bool { ending.state.withLock { $0.isOver } }

    /// - Throws: What it died of; ``TooSlow``.
    func begun(by deadline: ContinuousClock.Instant) async throws {
        while !hasBegun(), !isOver { try await Self.wait(until: deadline) }
        if let failure { throw failure }
    }

    /// Whatever it died of is said to whoever asked for its end.
    /// - Throws: What it died of; ``TooSlow``.
    func end(by deadline: ContinuousClock.Instant) async throws {
        ending.state.withLock { $0.isEnding = true }
        ask()
        while !isOver { try await Self.wait(until: deadline) }
        if let failure { throw failure }
    }

    /// Without waiting for whatever it would bring to its end.
    func cancel() {
        ending.state.withLock { $0.isEnding = true }
        ask()
        task.cancel()
    }

    private static func wait(until deadline: ContinuousClock.Instant) async throws {
        guard ContinuousClock.now < deadline else { throw TooSlow() }
        try await Task.sleep(for: .milliseconds(20))
    }
}
