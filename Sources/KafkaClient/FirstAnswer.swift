internal import Synchronization

/// What is waited for in one place and given in others: the first answer counts, later ones come to nothing.
final class FirstAnswer<Success: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Success, any Error>)
        case given(Result<Success, any Error>)
    }
    private let state = Mutex(State.open)

    func give(_ answer: Result<Success, any Error>) {
        let waiting: CheckedContinuation<Success, any Error>? = state.withLock { state in
            switch state {
            case .given: return nil
            case .open:
                state = .given(answer)
                return nil
            case .awaited(let continuation):
                state = .given(answer)
                return continuation
            }
        }
        waiting?.resume(with: answer)
    }

    /// To be asked once.
    var value: Success {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let given: Result<Success, any Error>? = state.withLock { state in
                    if case .given(let answer) = state { return answer }
                    state = .awaited(continuation)
                    return nil
                }
                if let given { continuation.resume(with: given) }
            }
        }
    }
}
