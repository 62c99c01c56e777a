/// Something was not done in its time.
package struct TooSlow: Error {
    package init() {}
}

/// The body's result, if it comes in time; else it is cancelled.
package func within<Result: Sendable>(_ time: Duration, _ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: time)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else { throw TooSlow() }
        return result
    }
}
