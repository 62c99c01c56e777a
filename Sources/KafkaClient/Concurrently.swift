/// Does the same for many, several at a time, and returns the results in order.
///
/// - Parameter progress: Told after each how many are done.
package func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], atMost limit: Int, progress: (Int) -> Void = { _ in }, _ work: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { tasks in
        var results: [Result?] = Array(repeating: nil, count: elements.count), count = 0
        func takeNext() async throws -> Bool {
            guard let (index, result) = try await tasks.next() else { return false }
            results[index] = result
            count += 1
            progress(count)
            return true
        }
        for (index, element) in elements.enumerated() {
            if index >= max(1, limit) { _ = try await takeNext() }
            tasks.addTask { (index, try await work(element)) }
        }
        while try await takeNext() {}
        return results.compactMap { $0 }
    }
}
