import CSupport

/// The shortest time that any of some rounds takes, in seconds.
func best(of rounds: Int, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<rounds { best = min(best, try seconds(body)) }
    return best
}

func seconds(_ body: () throws -> Void) rethrows -> Double { try ContinuousClock().measure(body) / .seconds(1) }

func secondsAwaiting(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start) / .seconds(1)
}

/// Does the same for many groups, several at a time.
func each(_ names: [String], atMost limit: Int = 32, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        for (index, name) in names.enumerated() {
            if index >= limit { try await tasks.next() }
            tasks.addTask { try await body(name) }
        }
        try await tasks.waitForAll()
    }
}

/// The shortest time that any of some rounds takes this thread alone, in seconds: what else the machine does is not in it.
func bestOfThread(rounds: Int, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<rounds {
        let start = thread_seconds()
        try body()
        best = min(best, thread_seconds() - start)
    }
    return best
}

/// What a value takes on the heap, in bytes; slack and the allocator's own overhead included.
func heapBytes<Value>(of make: () throws -> Value) rethrows -> (value: Value, bytes: Double) {
    let before = heap_bytes()
    let value = try make()
    return (value, Double(heap_bytes()) - Double(before))
}

/// Keeps a result from being optimised away.
@inline(never) func consume<Value>(_ value: Value) {}
