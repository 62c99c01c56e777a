import KafkaClient

/// Takes a drill's shadow groups away again: their commits, all of them, and nothing that has another name.
struct ShadowCleaning: Sendable {
    let shadows: ShadowGroups
    let target: any KafkaCluster
    /// Between two attempts: brokers may take a while to notice that a member has left.
    var pause = Duration.milliseconds(500)
    /// How long a group that the brokers can't be asked about, or that has members still, is tried again.
    var patience = Duration.seconds(30)
    var parallelism = 32

    /// What passes by itself is tried for as long as ``patience``, anything else so many times.
    private static let attempts = 3

    /// What became of each group, by its real name. Never throws: what could not be removed is in the answer.
    func clean(_ groups: [String: [TopicPartition]]) async -> [DrillReport.Cleaning] {
        let own = groups.filter { shadows.group(of: $0.key) != nil }.sorted { $0.key < $1.key }
        let cleaned = try? await concurrently(own, atMost: parallelism) { await clean($0.key, $0.value) }
        return cleaned ?? []
    }

    /// The same, with a note in the drill's journal as far as that can be written: a disk that is full is no reason to leave them.
    func clean(_ groups: [String: [TopicPartition]], _ journal: Journal) async -> [DrillReport.Cleaning] {
        var begin = JournalEntry(.rollback), end = JournalEntry(.end)
        begin.run = shadows.drill
        _ = try? await journal.append(begin)
        let cleaned = await clean(groups)
        let results = cleaned.map { cleaning in
            var result = JournalEntry(.result)
            result.group = cleaning.shadow
            result.outcome = Outcome(group: cleaning.shadow, ending: cleaning.problem == nil ? .moved : .uncertain)
            result.outcome?.failures = [cleaning.problem].compactMap { $0 }
            return result
        }
        end.succeeded = cleaned.allSatisfy { $0.problem == nil }
        _ = try? await journal.append((results + [end]).map { .init($0) })
        return cleaned
    }

    private func clean(_ shadow: String, _ partitions: [TopicPartition]) async -> DrillReport.Cleaning {
        let deadline = ContinuousClock.now + patience
        var attempt = 0, problem = ""
        while true {
            attempt += 1
            var passes = false
            do {
                let standing = try await target.committedOffsets(of: shadow, for: partitions)
                guard !standing.isEmpty else { return .init(shadow: shadow, problem: nil) }
                let refused = try await target.deleteOffsets(of: shadow, for: standing.keys.sorted())
                let left = try await target.committedOffsets(of: shadow, for: partitions)
                guard !left.isEmpty else { return .init(shadow: shadow, problem: nil) }
                problem = refused.min { $0.key < $1.key }.map { "\($0.value)" } ?? "they were read back after they had been removed"
                passes = refused.values.contains { $0.isRetriable || $0.code == .groupSubscribedToTopic }
            } catch let error as KafkaError {
                problem = "\(error)"
                if error.code == .unsupportedFeature { return .init(shadow: shadow, problem: problem) }
                passes = error.isRetriable
            } catch {
                problem = "\(error)"
            }
            guard attempt < Self.attempts || (passes && ContinuousClock.now < deadline) else {
                return .init(shadow: shadow, problem: problem)
            }
            try? await Task.sleep(for: pause)
        }
    }
}
