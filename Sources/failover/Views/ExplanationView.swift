import Inspection
import KafkaClient
import OffsetTranslate

/// Reasons for people: partitions that have the same one together.
struct ExplanationView {
    var group: GroupSituation
    var explanations: [Explanation]

    var text: String {
        let sides = [("on the source", group.onSource), ("on the target", group.onTarget)].compactMap { side, presence in
            presence.map { "\($0.state) \(side)" + ($0.members > 0 ? " with \($0.members) member\($0.members == 1 ? "" : "s")" : "") }
        }
        let head = "\(group.name.withoutControls)" + (sides.isEmpty ? "" : ": " + sides.joined(separator: ", "))
        return ([head] + explanations.map(Self.block)).joined(separator: "\n\n")
    }

    private static func block(_ explanation: Explanation) -> String {
        let reason = explanation.position.reason
        let name = reason.severity.style.map { Console.styled(reason.name, $0) } ?? reason.name
        var lines = ["\(explanation.position.source.description.withoutControls)  \(name)", "  \(explanation.summary)"]
        lines += explanation.evidence.map { "  - \($0)" }
        if let remedy = explanation.remedy { lines.append("  To do: \(remedy)") }
        switch explanation.passes {
        case .notNeeded: break
        case .within(let time): lines.append("  By itself: within \(time.components.seconds.grouped) s.")
        case .once(let what): lines.append("  By itself: once \(what).")
        case .never: lines.append("  By itself: never.")
        }
        return lines.joined(separator: "\n")
    }
}
