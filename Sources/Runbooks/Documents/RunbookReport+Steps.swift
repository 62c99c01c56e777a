internal import Cutover
internal import OffsetTranslate

extension RunbookReport.StepReport {
    var blocks: [Block] {
        let heading = Block.heading(3, "\(number.grouped). \(title) (\(code: id), \(kind)) \(state.badge)")
        let undoing = compensation.map { compensation in
            compensation.attempts.isEmpty ? [] : [.paragraph("\(strong: "Undone by:") \(compensation.title)")] + compensation.attempts.flatMap(\.blocks)
        } ?? []
        return [heading] + (attempts.isEmpty ? [.paragraph("Not begun.")] : attempts.flatMap(\.blocks)) + undoing
    }
}

extension RunbookReport.AttemptReport {
    fileprivate var blocks: [Block] {
        var facts: [Block.Fact] = []
        let superseded: Prose = isSuperseded ? " \(.badge("superseded", .quiet)) Somebody has gone back since: it does not count any more." : ""
        let upshot: Prose = outcome?.badge ?? "\(.badge("no end", .problem)) What became of it is not known."
        facts.append(.init(wasStarted ? "Attempt \(number.grouped)" : "Outcome", upshot + superseded))
        facts.append(.init("When", "\(started.instant)\(wasStarted ? ended.map { " to \($0.instant)" } ?? "" : "")"))
        if let seconds {
            let target: Prose = isWithinTarget.map { $0 ? ", \(.badge("within its target", .good))" : ", \(.badge("late", .notice))" } ?? ""
            facts.append(.init("Took", "\(seconds.inWords)\(target)"))
        }
        if let question { facts.append(.init("Question", Prose(question))) }
        facts += answers.map { .init(question == nil ? "Decided" : "Answer", "\(code: $0.answer), by \($0.by), \($0.time.instant)\($0.isBeforehand ? ", in a file of answers" : "")") }
        if let message { facts.append(.init("Message", Prose(message))) }
        if let cutover { facts.append(.init("Cutover", "run \(code: cutover)")) }
        facts += found.sorted { $0.key < $1.key }.map { .init("Found \($0.key)", .code($0.value.shortened)) }
        facts += evidence.map { .init("Evidence", .code($0.file)) }
        let line = command.map { $0.isEmpty ? [] : [Block.code($0.commandLine)] } ?? []
        return [.facts(facts)] + line
    }
}

extension RunbookReport.RecoveryReport {
    var facts: [Block.Fact] {
        let start: Prose = from.map { "from the beginning of the step \(code: $0)" } ?? "since the run was begun"
        let counted: Prose = ", \(start) to the end of the step \(code: to)"
        let target: Prose = targetSeconds.map { "; target \($0.inWords)" } ?? "; no target"
        let time: Prose = seconds.map { "\(strong: $0.inWords)\(target)\(Self.badge(isWithinTarget))" }
            ?? "\(.badge("not measured", .problem)) \(problem ?? "")\(target)"
        return [.init("Recovery time (RTO)", time + counted)] + (lost.map { [.init("Records lost (RPO)", $0.prose)] } ?? [])
    }

    fileprivate static func badge(_ isWithin: Bool?) -> Prose {
        isWithin.map { $0 ? " \(.badge("met", .good))" : " \(.badge("missed", .problem))" } ?? ""
    }
}

extension RunbookReport.RecoveryReport.Loss {
    fileprivate var prose: Prose {
        let target: Prose = target.map { "; target \($0.grouped)" } ?? "; no target", source: Prose = ", by \(code: expression)"
        guard let records else {
            let names = unknown.map { Prose.code($0) }.joined(separator: ", "), reason: Prose = unknown.isEmpty ? "" : "\(names) could not be told"
            return "\(.badge("not known", .problem)) \(reason)\(target)\(source)"
        }
        return "\(strong: Value.number(records).description)\(target)\(RunbookReport.RecoveryReport.badge(isWithinTarget))\(source)"
    }
}

// MARK: Words

extension RunbookReport.StepReport.State {
    var badge: Prose {
        switch self {
        case .done: .badge("done", .good)
        case .failed: .badge("failed", .problem)
        case .skipped: .badge("skipped", .quiet)
        case .noEnd: .badge("no end", .problem)
        case .notBegun: .badge("not begun", .quiet)
        }
    }
}

extension StepOutcome {
    fileprivate var badge: Prose {
        switch self {
        case .done: .badge("done", .good)
        case .failed: .badge("failed", .problem)
        case .skipped: .badge("skipped", .quiet)
        }
    }
}

extension RunbookEnding {
    var sentence: String {
        switch self {
        case .completed: "completed"
        case .stopped: "stopped at a step that failed"
        case .rolledBack: "rolled back: what was done was undone"
        case .rolledBackInPart: "rolled back in part: not everything that was done was undone"
        case .paused: "paused, for want of an answer"
        case .interrupted: "interrupted from outside"
        case .declined: "declined: somebody said no"
        }
    }

    var tone: Prose.Tone {
        switch self {
        case .completed: .good
        case .stopped, .rolledBackInPart: .problem
        case .rolledBack, .paused, .interrupted, .declined: .notice
        }
    }
}

extension Operator {
    /// Who, and where.
    var shown: String { "\(user) on \(host) (process \(process))" }
}

extension Double {
    /// Seconds.
    var inWords: String { self == 0 ? "0 s" : Duration.milliseconds(Int64((Swift.min(self, 1e12) * 1000).rounded())).forPeople }
}

extension Value {
    /// The JSON has all of it.
    fileprivate var shortened: String {
        switch self {
        case .text(let text) where text.count > 1000: "\(text.prefix(1000))… (\(text.count.grouped) characters)"
        case .text(""): "(empty)"
        case .list(let items):
            items.isEmpty ? "(none)" : items.prefix(100).map(\.debugDescription).joined(separator: ", ")
                + (items.count > 100 ? "… (\(items.count.grouped))" : "")
        default: description
        }
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
