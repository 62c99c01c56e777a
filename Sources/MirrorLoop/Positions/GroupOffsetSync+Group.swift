internal import KafkaClient

extension GroupOffsetSync {
    /// One group: its commits are read, what is due is committed, and everything is read back.
    ///
    /// - Parameter checked: When the group was last seen without members.
    func serve(
        _ group: String, _ wanted: [TopicPartition: CommittedOffset], _ ends: [TopicPartition: Int64],
        _ logs: [TopicPartition: LogBounds], checked: ContinuousClock.Instant
    ) async throws -> GroupOffsetResult {
        let partitions = wanted.keys.sorted()
        do {
            if now() - checked > freshness { return .ended(group, wanted, .stale, tooSlow(group)) }
            let before = try await target.committedOffsets(of: group, for: partitions)
            var result = GroupOffsetResult(group, wanted)
            var due: [TopicPartition: CommittedOffset] = [:]
            for partition in partitions {
                guard let position = wanted[partition] else { continue }
                let wasAhead = memory.ahead[group]?.contains(partition) ?? false
                if wasAhead, before[partition] == nil { result.freed.insert(partition) }
                switch Self.due(
                    position, at: before[partition], in: logs[partition], endingAfter: ends[partition], own: memory.own[group]?[partition],
                    isLeftAlone: wasAhead)
                {
                case .commit(let offset): due[partition] = offset
                case .upToDate: break
                case .ahead(let current): result.ahead[partition] = current
                case .missing:
                    result.warnings.append("group '\(group)': \(partition) does not exist on '\(target.name)'; nothing committed for it")
                case .logTooShort(let log):
                    result.warnings.append(
                        """
                        group '\(group)': not committed for \(partition) on '\(target.name)': the mirror has written up to \
                        \(max(ends[partition] ?? 0, position.offset)) there, and the log is \(log). Was the topic truncated or made anew?
                        """)
                }
            }
            guard !due.isEmpty else { return result }
            if now() - checked > freshness { return .ended(group, wanted, .stale, tooSlow(group)) }
            return try await commit(due, before, result, checked: checked)
        } catch let error as KafkaError {
            return .ended(group, wanted, .failed, "group '\(group)': nothing committed on '\(target.name)': \(error)")
        }
    }

    private func tooSlow(_ group: String) -> String {
        """
        group '\(group)': nothing committed on '\(target.name)' this time: from the look at its state on, its commits were not read within \
        \(freshness.inSeconds), and by now the group may have been started there
        """
    }

    private func commit(
        _ due: [TopicPartition: CommittedOffset], _ before: [TopicPartition: CommittedOffset], _ result: GroupOffsetResult,
        checked: ContinuousClock.Instant
    ) async throws -> GroupOffsetResult {
        var result = result
        let group = result.group
        var refused: [TopicPartition: KafkaError] = [:], unanswered: KafkaError?
        do {
            refused = try await target.commit(due, for: group)
        } catch let error as KafkaError {
            unanswered = error
        }
        let taken = now() - checked
        let after: [TopicPartition: CommittedOffset]
        do {
            after = try await target.committedOffsets(of: group, for: result.wanted.keys.sorted())
        } catch let error as KafkaError {
            let doubt = "group '\(group)': \(positions(due)) may have been committed on '\(target.name)'"
            return .ended(
                group, result.wanted, .failed,
                unanswered.map { "\(doubt): \($0)" } ?? "\(doubt); they could not be read back: \(error)")
        }
        if refused.values.contains(where: { Self.inUse.contains($0.code) }) { result.ending = .inUse }
        for (partition, offset) in due.sorted(by: { $0.key < $1.key }) {
            if let error = refused[partition] {
                if !Self.inUse.contains(error.code) { result.warnings.append("group '\(group)': not committed: \(error)") }
            } else if let found = after[partition], found == offset {
                result.committed[partition] = offset
            } else if let found = after[partition], found.offset > offset.offset {
                // Started right behind the commit, and went on from there; or never had it.
                if unanswered == nil { result.committed[partition] = offset }
                result.ahead[partition] = found
            } else if unanswered == nil {
                result.warnings.append(
                    "group '\(group)': \(partition)@\(offset.offset) was committed on '\(target.name)', "
                        + "and \(after[partition].map { "\($0.offset)" } ?? "nothing") was read back: somebody else commits for it")
            }
        }
        if let unanswered {
            let missing = due.filter { result.committed[$0.key] == nil && result.ahead[$0.key] == nil }
            if !missing.isEmpty {
                result.ending = .failed
                result.warnings.append(
                    "group '\(group)': \(positions(missing)) not committed on '\(target.name)', and may still arrive there: \(unanswered)")
            }
        }
        if !result.committed.isEmpty { result.warnings += doubts(result, due, before, after, taken) }
        return result
    }

    /// A member of the group refuses the commit, as does its joining.
    private static let inUse: Set<KafkaError.Code> = [.unknownMember, .illegalGeneration, .rebalanceInProgress]

    /// What suggests that the group was at work between the reading and the commit, whose commits are then lost.
    private func doubts(
        _ result: GroupOffsetResult, _ due: [TopicPartition: CommittedOffset], _ before: [TopicPartition: CommittedOffset],
        _ after: [TopicPartition: CommittedOffset], _ taken: Duration
    ) -> [String] {
        let moved = result.wanted.keys.filter { due[$0] == nil && before[$0] != after[$0] }.sorted()
        let consequence =
            "\(positions(result.committed)) may have set it back: what it has done on '\(target.name)' since then would be done again"
        if let first = moved.first {
            return [
                """
                group '\(result.group)': while its positions were committed on '\(target.name)', somebody committed for it there \
                (\(first) was \(before[first].map { "\($0.offset)" } ?? "nothing"), and is \
                \(after[first].map { "\($0.offset)" } ?? "nothing")); \(consequence)
                """
            ]
        }
        if taken > joining {
            return [
                "group '\(result.group)': committing took \(taken.inSeconds); had it been started and stopped meanwhile, \(consequence)"
            ]
        }
        return []
    }

    private func positions(_ offsets: [TopicPartition: CommittedOffset]) -> String {
        let all = offsets.sorted { $0.key < $1.key }.map { "\($0.key)@\($0.value.offset)" }
        return all.prefix(5).joined(separator: ", ") + (all.count > 5 ? " and \(all.count - 5) more" : "")
    }
}
