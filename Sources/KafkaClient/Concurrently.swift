/// Does the same for many, several at a time, and returns the results in order.
package func concurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], atMost limit: Int, _ work: @escaping @Sendable (Element) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { tasks in
        var results: [Result?] = Array(repeating: nil, count: elements.count)
        for (index, element) in elements.enumerated() {
            if index >= max(1, limit), let (done, result) = try await tasks.next() { results[done] = result }
            tasks.addTask { (index, try await work(element)) }
        }
        while let (done, result) = try await tasks.next() { results[done] = result }
        return results.compactMap { $0 }
    }
}
