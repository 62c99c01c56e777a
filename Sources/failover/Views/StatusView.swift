import Inspection
import KafkaClient

/// A flow's readiness for people.
struct StatusView {
    var survey: FlowSurvey

    var text: String {
        let verdict = survey.readiness.verdict
        let head = "\(survey.sourceAlias) -> \(survey.targetAlias): "
            + Console.styled(verdict.words, verdict.style) + ", as of \(instant(survey.takenAt)) (a look of \(seconds) s)"
        return ([head, ""] + survey.readiness.checks.flatMap(Self.lines)).joined(separator: "\n")
    }

    private var seconds: String { "\((Double(survey.took.milliseconds) / 100).rounded() / 10)" }

    private static func lines(_ check: ReadinessCheck) -> [String] {
        let word = Console.styled(check.status.rawValue.padded(to: 7), check.status.style)
        let indent = String(repeating: " ", count: 9)
        let text = ["\(check.kind.rawValue): \(check.evidence)"] + check.findings + (check.remedy.map { ["To do: " + $0] } ?? [])
        // Errors have lines of their own.
        let lines = text.flatMap { $0.split(separator: "\n") }.map { String($0).withoutControls }
        return lines.enumerated().map { $0 == 0 ? "\(word)  \($1)" : indent + $1 }
    }
}

extension ReadinessCheck.Status {
    var style: Console.Style? {
        switch self {
        case .pass: .green
        case .warn: .yellow
        case .fail: .red
        case .unknown: nil
        }
    }

    fileprivate var words: String {
        switch self {
        case .pass, .unknown: "fit for a failover"
        case .warn: "fit for a failover, with warnings"
        case .fail: "not fit for a failover"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
