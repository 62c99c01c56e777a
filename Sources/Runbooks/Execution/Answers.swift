internal import Yams

/// Answers that were written beforehand. There is no default for any: what is not there is asked. That a step was done is no answer to whether it
/// was undone, so what undoes one is named apart.
public struct Answers: Sendable, Hashable {
    /// By the steps' ids.
    public private(set) var answers: [String: String] = [:]
    public private(set) var approvals: [String: String] = [:]
    public private(set) var interrupted: [String: String] = [:]
    public private(set) var failures: [String: String] = [:]

    public init() {}

    /// No step's id has a dot.
    static func undoing(_ id: String) -> String { id + ".undo" }

    /// Reads them from YAML, or JSON.
    ///
    /// - Throws: ``RunbookUnreadable``, also where they are about steps that the runbook does not have.
    public init(_ text: String, file: String, for runbook: Runbook) throws(RunbookUnreadable) {
        var reader = FieldReader()
        do throws(RunbookProblem) {
            let root = try YAMLText.root(text)
            if var fields = reader.fields(root, of: "answers") {
                answers = reader.answers(fields.take("answers"), "answers", runbook, where: \.takesAnswer)
                approvals = reader.answers(fields.take("approvals"), "approvals", runbook) { if case .approve = $0 { true } else { false } }
                interrupted = reader.answers(fields.take("interrupted"), "interrupted", runbook, of: Interrupted.allCases.map(\.rawValue)) { _ in true }
                failures = reader.answers(fields.take("failures"), "failures", runbook, of: Failed.allCases.map(\.rawValue)) { _ in true }
                reader.end(fields)
            }
        } catch { reader.problems.append(error) }
        guard reader.problems.isEmpty else { throw RunbookUnreadable(file: file, problems: reader.problems) }
    }

    /// Of a step whose end is not known.
    enum Interrupted: String, CaseIterable { case again, done, stop }
    /// Of what undoes a step, and has failed.
    enum Unundone: String, CaseIterable { case retry, `continue`, stop }
    /// Of a step that has failed and asks.
    enum Failed: String, CaseIterable { case retry, `continue`, rollback, stop }
}

extension Action {
    /// People may do it, and say so.
    fileprivate var takesAnswer: Bool {
        switch self {
        case .manual, .mirror: true
        case .command(let command): command.question != nil
        default: false
        }
    }
}

extension FieldReader {
    fileprivate mutating func answers(
        _ node: YAMLNode?, _ what: String, _ runbook: Runbook, of known: [String] = [], where fits: (Action) -> Bool
    ) -> [String: String] {
        guard let node, !node.isNothing else { return [:] }
        guard case .mapping(let mapping) = node else {
            note("'\(what)' is a mapping of steps and answers, not \(node.shape)", at: node.place)
            return [:]
        }
        return Dictionary(mapping.compactMap { key, value in
            let id = key.scalar?.string ?? ""
            let asks = runbook.steps.contains { step in
                id == step.id && fits(step.action) || id == Answers.undoing(step.id) && step.compensation.map { fits($0.action) } == true
            }
            guard asks else {
                note("'\(what)': the runbook has no such step '\(id)' (what undoes the step ID is \(Answers.undoing("ID")))", at: key.place)
                return nil
            }
            guard let text = text(value, id) else { return nil }
            if !known.isEmpty, !known.contains(text) { note("'\(id)' is one of \(known.joined(separator: ", ")), not '\(text)'", at: value.place) }
            return (id, text)
        }) { a, _ in a }
    }
}
