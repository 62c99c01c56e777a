import Inspection

/// Checks for people: status, evidence, what is wrong place by place, and what to do.
enum CheckView {
    static func lines<Name>(_ check: InspectionCheck<Name>) -> [String] {
        let word = Console.styled(check.status.rawValue.padded(to: 7), check.status.style)
        let indent = String(repeating: " ", count: 9)
        let title = check.kind.rawValue + (check.cluster.map { " (\($0))" } ?? "")
        let text = ["\(title): \(check.evidence)"] + check.findings + (check.remedy.map { ["To do: " + $0] } ?? [])
        // Errors have lines of their own.
        let lines = text.flatMap { $0.split(separator: "\n") }.map { String($0).withoutControls }
        return lines.enumerated().map { $0 == 0 ? "\(word)  \($1)" : indent + $1 }
    }

    /// "fit", "fit, with warnings", or "not fit", for something.
    static func words(_ verdict: CheckStatus, _ purpose: String) -> String {
        let words = switch verdict {
        case .pass, .unknown: "fit \(purpose)"
        case .warn: "fit \(purpose), with warnings"
        case .fail: "not fit \(purpose)"
        }
        return Console.styled(words, verdict.style)
    }
}

extension CheckStatus {
    var style: Console.Style? {
        switch self {
        case .pass: .green
        case .warn: .yellow
        case .fail: .red
        case .unknown: nil
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
