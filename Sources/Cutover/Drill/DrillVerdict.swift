import KafkaClient

/// What a drill must not exceed; `nil`: anything goes.
public struct DrillLimits: Sendable, Hashable {
    /// Over all groups.
    public var reRead: Int64?
    /// In records, over all partitions.
    public var notCopied: Int64?
    public var recoveryTime: Duration?

    public init(reRead: Int64? = nil, notCopied: Int64? = nil, recoveryTime: Duration? = nil) {
        self.reRead = reRead
        self.notCopied = notCopied
        self.recoveryTime = recoveryTime
    }
}

extension DrillReport {
    /// Whether the drill passed: every shadow stood where its group has to go on, a cutover would not have been refused, no limit was
    /// exceeded, and nothing stays behind.
    public struct Verdict: Sendable, Hashable {
        /// A cutover would have gone wrong by this, or been refused.
        public var failures: [String] = []
        /// What could not be told, or not be cleaned up.
        public var open: [String] = []
    }

    public func verdict(_ limits: DrillLimits = DrillLimits()) -> Verdict {
        var verdict = Verdict()
        verdict.failures += refusals.map { "a cutover would have been refused: \($0.kind.rawValue)" }
        verdict.failures += outcomes.filter { !$0.succeeded }.map {
            "the positions of '\(real($0.group))' were not committed: \($0.failures.first ?? $0.ending.rawValue)"
        }
        verdict.failures += readings.filter { !$0.problems.isEmpty }.map {
            "'\(real($0.group))' did not go on from its positions: \($0.problems.joined(separator: "; "))"
        }
        for position in positions {
            let place = "'\(position.finding.position.group)' \(position.finding.position.target)"
            if position.isLost {
                verdict.failures.append("\(place) would have no position: its consumers start by their auto.offset.reset")
            } else if position.finding.isFailure {
                verdict.failures.append("\(place) would not go on where it has to")
            } else if position.finding.isOpen, position.finding.verdict != .notReadable(.sourceLost) {
                verdict.open.append("\(place) could not be verified")
            }
        }
        judge(limits, &verdict)
        // Of all positions at once, where the source could not be asked.
        verdict.open += obstacles
        verdict.open += lags.filter { $0.records == nil || $0.isAtLeast }.map {
            "how much of \($0.source) was copied could not be told" + ($0.obstacle.map { ": \($0)" } ?? "")
        }
        verdict.open += remaining.map { "'\($0.shadow)' still has commits" }
        if plan.offsets.isEmpty { verdict.open.append("there was no group to rehearse") }
        return verdict
    }

    private func judge(_ limits: DrillLimits, _ verdict: inout Verdict) {
        if let most = limits.reRead, reRead.records > most {
            verdict.failures.append("\(reRead.records) records would be read again, allowed are \(most)")
        }
        if let most = limits.notCopied, knownNotCopied > most {
            verdict.failures.append("\(knownNotCopied) records had not been copied, allowed are \(most)")
        }
        if let most = limits.recoveryTime, let took = recoveryTime, took > most {
            verdict.failures.append("it took \(took.milliseconds) ms to the last group's first answer, allowed are \(most.milliseconds)")
        }
        if limits.recoveryTime != nil, recoveryTime == nil, interruption == nil { verdict.open.append("the time to recover could not be measured") }
    }

    private func real(_ group: String) -> String { ShadowGroups(of: id).group(of: group) ?? group }
}
