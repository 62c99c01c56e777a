import OffsetTranslate
internal import Synchronization

extension CopyTask {
    /// Takes the task over from whoever had it: after this he can't write any more, and what he left unfinished is undone.
    func takeOver() async throws {
        guard configuration.isExactlyOnce else { return }
        try await producer.initTransactions(within: configuration.transactionTimeout)
    }

    /// One transaction after the other (KIP-98): records, their offset syncs, and with the last of these the position. A reader of
    /// committed records sees all of it or nothing, and a process that was replaced can't add to it any more.
    func copyInTransactions() async throws {
        var isOpen = false
        while true {
            if !isOpen { try await producer.beginTransaction() }
            isOpen = true
            if try await fill() > 0 {
                try await complete()
                syncs.didCommit()
                isOpen = false
            }
            try Task.checkCancellation()
        }
    }

    /// Takes records until there are enough of them or they have waited long enough. Returns how many came, also when that was cut short:
    /// they are in the transaction.
    private func fill() async throws -> Int {
        let before = passed.load(ordering: .acquiring)
        var count: Int { passed.load(ordering: .acquiring) - before }
        var end: ContinuousClock.Instant?
        while count < configuration.transactionRecords, !Task.isCancelled, end.map({ ContinuousClock.now < $0 }) ?? true {
            try check()
            do {
                try await takeSome(for: .milliseconds(50), atMost: configuration.transactionRecords - count)
            } catch is CancellationError {
                break
            }
            if count > 0, end == nil { end = .now + configuration.transactionInterval }
        }
        return count
    }

    private func complete() async throws {
        // Also when cancelled: what was handed on is brought to its end.
        let deadline = ContinuousClock.now + configuration.transactionTimeout
        guard try await awaitAnswers(until: deadline) else {
            throw MirrorError.transactionNotCompleted(task: number, "records acknowledged", configuration.transactionTimeout)
        }
        flushSyncs()
        syncs.drain()
        producer.push()
        while syncs.backlog > 0 {
            try check()
            guard ContinuousClock.now < deadline else {
                throw MirrorError.transactionNotCompleted(task: number, "offset syncs acknowledged", configuration.transactionTimeout)
            }
            await producer.serve(within: .milliseconds(20))
            syncs.drain()
        }
        try await producer.commitTransaction(within: configuration.transactionTimeout)
    }
}
