internal import KafkaClient
internal import Synchronization

/// What many groups have committed on the source, read several at a time: one pass, and a group that fails stops no other.
struct SourceCommits: Sendable {
    private typealias Answer = Result<(commits: [TopicPartition: CommittedOffset], asked: ContinuousClock.Instant), KafkaError>

    /// Of groups that have any. One that has vanished is in neither.
    private(set) var commits: [String: [TopicPartition: CommittedOffset]] = [:]
    /// When each of these was asked for.
    private(set) var asked: [String: ContinuousClock.Instant] = [:]
    private(set) var failures: [String: KafkaError] = [:]

    /// Where as many groups in a row as are read side by side get no answer, the rest are not asked for: each would take the whole
    /// deadline, and its failure is that of the last one asked.
    /// - Parameter progress: Told now and then how many groups have been read.
    static func read(
        _ groups: [String], _ partitions: [TopicPartition], from source: any KafkaCluster, atMost limit: Int = 32,
        progress: (Int) -> Void = { _ in }
    ) async throws -> SourceCommits {
        var read = SourceCommits()
        var rest = groups[...]
        let failing = Failing(limit: limit)
        while !rest.isEmpty {
            let some = rest.prefix(limit * 32)
            rest = rest.dropFirst(some.count)
            let answers = try await concurrently(Array(some), atMost: limit) { group -> Answer in
                if let error = failing.givenUp { return .failure(error) }
                do {
                    let asked = ContinuousClock.now
                    let found = try await source.committedOffsets(of: group, for: partitions)
                    failing.note(nil)
                    return .success((found, asked))
                } catch let error as KafkaError {
                    failing.note(error)
                    return .failure(error)
                }
            }
            for (group, answer) in zip(some, answers) { read.take(answer, of: group) }
            progress(groups.count - rest.count)
        }
        return read
    }

    /// Counts requests in a row that got no answer.
    private final class Failing: Sendable {
        private let limit: Int
        private let state = Mutex<(count: Int, error: KafkaError?)>((0, nil))

        init(limit: Int) { self.limit = max(1, limit) }

        var givenUp: KafkaError? { state.withLock { $0.count >= limit ? $0.error : nil } }

        func note(_ error: KafkaError?) {
            state.withLock { state in
                if let error, error.isRetriable {
                    state = (state.count + 1, error)
                } else if state.count < limit {
                    state = (0, nil)
                }
            }
        }
    }

    private mutating func take(_ answer: Answer, of group: String) {
        switch answer {
        case .success(let answer): if !answer.commits.isEmpty { (commits[group], asked[group]) = answer }
        case .failure(let error): failures[group] = error
        }
    }

    /// One line for all groups that failed alike.
    var warnings: [String] {
        Dictionary(grouping: failures, by: \.value.code).values.map { alike in
            let names = alike.map(\.key).sorted()
            let example = alike.first { $0.key == names[0] }?.value
            return "no checkpoints for \(names.listed("group")) this time: \(example.map { "\($0)" } ?? "")"
        }.sorted()
    }
}

extension [String] {
    /// `group 'a'`, or `groups 'a', 'b' and 12 more`.
    func listed(_ noun: String, atMost limit: Int = 10) -> String {
        noun + (count == 1 ? " " : "s ") + prefix(limit).map { "'\($0)'" }.joined(separator: ", ")
            + (count > limit ? " and \(count - limit) more" : "")
    }
}
