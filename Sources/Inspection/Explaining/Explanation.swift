internal import Cutover
internal import OffsetTranslate

/// A reason in full: what was seen, what to do, and whether it passes by itself.
public struct Explanation: Sendable, Hashable {
    public var position: PositionSituation
    /// The reason in a sentence.
    public var summary: String
    /// What it rests on.
    public var evidence: [String]
    /// What to do; `nil` where nothing has to be done.
    public var remedy: String?
    public var passes: Passing

    /// Whether it goes away by itself.
    public enum Passing: Sendable, Hashable {
        /// Nothing has to.
        case notNeeded
        case within(Duration)
        /// Once something has happened that nobody can time, such as "the mirror has copied them".
        case once(String)
        case never
    }
}

extension ExplanationContext {
    /// Explains where a position is.
    public func explain(_ position: PositionSituation) -> Explanation {
        Explanation(
            position: position, summary: position.reason.summary(self), evidence: evidence(of: position), remedy: remedy(for: position),
            passes: passing(of: position))
    }

    private func evidence(of position: PositionSituation) -> [String] {
        var facts: [String] = []
        switch position.reason {
        case .topicExcluded: facts.append("topics = \(configuration.topics)")
        case .groupExcluded: facts.append("groups = \(configuration.groups)")
        case .topicInternal, .topicFromTarget: break
        default: facts.append("its copy is \(position.target) on '\(flow.targetAlias)'")
        }
        if let upstream = position.upstream {
            let log = position.sourceLog.map { ", its log runs from \($0.start.grouped) to \($0.end.grouped)" } ?? ""
            facts.append("stands at \(upstream.offset.grouped) on '\(flow.sourceAlias)'" + (position.origin.map { " \($0.words(now))" } ?? "") + log)
        }
        if let translation = position.translation {
            facts.append(translation.text)
            facts += translation.warnings.map(\.description)
        }
        if let checkpoint = position.checkpoint {
            facts.append(
                "newest checkpoint, \(ago(checkpoint.writtenAt)) old: \(checkpoint.upstreamOffset.grouped) on '\(flow.sourceAlias)' is \(checkpoint.downstreamOffset.grouped) on '\(flow.targetAlias)'")
        }
        if let current = position.current { facts.append("has committed \(current.offset.grouped) on '\(flow.targetAlias)'") }
        if position.reason.isAboutCheckpoints, position.stockPosition != position.translation?.position {
            facts.append("MM2's own translation: \(position.stockPosition.map(\.grouped) ?? "none")")
        }
        return facts
    }

    private func ago(_ time: Int64) -> String { span(.milliseconds(max(0, now.subtractingClamped(time)))) }
}

/// "45 s", "10 min", "3 h", "2 days".
func span(_ time: Duration) -> String {
    let seconds = time.components.seconds
    return switch seconds {
    case ..<1: "\(time.milliseconds) ms"
    case ..<120: "\(seconds) s"
    case ..<7200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

extension PlannedOffset.Origin {
    fileprivate func words(_ now: Int64) -> String {
        switch self {
        case .sourceCommit: "(its commit)"
        case .checkpoint(let time): "(by its checkpoint, \(span(.milliseconds(max(0, now.subtractingClamped(time))))) old)"
        case .captured(let time): "(as captured \(span(.milliseconds(max(0, now.subtractingClamped(time))))) ago)"
        }
    }
}

extension Translation {
    fileprivate var text: String {
        guard let position else { return "translates to nothing: \(reason?.description ?? "unknown")" }
        let rule = "by the rule '\(evidence.rule.rawValue)'"
        if isExact { return "translates to \(position.grouped), exactly (\(rule))" }
        return "translates to \(position.grouped), the right one is at most \(high.map(\.grouped) ?? "anywhere above") (\(rule))"
    }
}
