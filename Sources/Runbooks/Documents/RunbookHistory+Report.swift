internal import Foundation

extension RunbookHistory {
    /// What was known before an attempt, or is in the end.
    func scope(before place: Int? = nil) -> Scope {
        guard let place else { return Scope(parameters: parameters, found: found) }
        // Whoever goes back to a step does all those after it again: what counts no more has been replaced, or can't be referred to.
        return Scope(parameters: parameters, found: Self.found(in: attempts[..<place]))
    }

    func state(of id: String, undoes: Bool = false) -> RunbookReport.StepReport.State {
        guard let last = latest(id, undoes: undoes) else { return .notBegun }
        return switch last.outcome {
        case .done: .done
        case .failed: .failed
        case .skipped: .skipped
        case nil: .noEnd
        }
    }

    /// Every time that it was tried.
    func reports(of id: String, _ action: Action, undoes: Bool = false, target: Duration? = nil) -> [RunbookReport.AttemptReport] {
        tried(id, undoes).map { place, attempt in
            RunbookReport.AttemptReport(attempt, question: attempt.wasStarted ? action.question(in: scope(before: place)) : nil, target: target)
        }
    }

    private func tried(_ id: String, _ undoes: Bool) -> [(place: Int, attempt: Attempt)] {
        attempts.enumerated().filter { $0.element.id == id && $0.element.undoes == undoes }.map { ($0.offset, $0.element) }
    }

    /// In order of the time.
    func approvals(of runbook: Runbook) -> [RunbookReport.ApprovalReport] {
        runbook.steps.flatMap { step in
            approvals(step.id, step.action, undoes: false) + (step.compensation.map { approvals(step.id, $0.action, undoes: true) } ?? [])
        }.sorted { $0.time < $1.time }
    }

    private func approvals(_ id: String, _ action: Action, undoes: Bool) -> [RunbookReport.ApprovalReport] {
        guard case .approve(let approve) = action else { return [] }
        return tried(id, undoes).compactMap { place, attempt in
            let given = attempt.outcome == .done
            let name: String? = if case .text(let name)? = attempt.found["by"] { name } else { nil }
            // Of one that has failed, only a no is an answer to the question.
            guard let answer = attempt.answers.last(where: { given ? $0.answer.trimmed == name : $0.answer.trimmed.lowercased() == "no" }) else { return nil }
            return RunbookReport.ApprovalReport(
                step: id, attempt: attempt.number, question: approve.question.preview(in: scope(before: place)), isApproved: given,
                by: given ? name ?? answer.by : answer.by, time: answer.time, isBeforehand: answer.isBeforehand, needsFourEyes: approve.needsFourEyes, isSuperseded: attempt.isSuperseded)
        }
    }

    /// The step that it did not get over.
    var obstacle: String? {
        switch ending {
        case .stopped, .declined, .rolledBackInPart:
            guard let last = attempts.last(where: { !$0.isSuperseded }), last.outcome == .failed || last.outcome == nil else { return nil }
            return last.id
        case .completed, .rolledBack, .paused, .interrupted, nil: return nil
        }
    }

    // MARK: Times

    /// Seconds since it began.
    func elapsed(until time: String) -> Double? { begun.seconds(until: time) }

    func events(of runbook: Runbook) -> [RunbookReport.Event] {
        var events: [RunbookReport.Event] = []
        func add(_ time: String?, _ step: String? = nil, _ text: String) {
            guard let time else { return }
            events.append(RunbookReport.Event(time: time, elapsedSeconds: elapsed(until: time), step: step, text: text))
        }
        for (number, part) in parts.enumerated() {
            add(part.time, nil, "\(number == 0 ? "begun" : "resumed") by \(part.by.shown)" + (part.from.map { ", back to the step '\($0)'" } ?? ""))
        }
        add(rolledBackSince, nil, "from here on, what was done is undone")
        for attempt in attempts {
            let what = attempt.undoes ? "undoing" : "step", number = attempt.number == 1 ? "" : ", attempt \(attempt.number)"
            if attempt.wasStarted { add(attempt.started, attempt.id, "\(what) begun\(number)") }
            for answer in attempt.answers { add(answer.time, attempt.id, "answered by \(answer.by)\(answer.isBeforehand ? " in a file of answers" : ""): \(answer.answer)") }
            let message = attempt.message.map { ": \($0)" } ?? ""
            if let outcome = attempt.outcome { add(attempt.ended, attempt.id, "\(what) \(outcome.rawValue)\(number)\(message)") }
        }
        for part in parts {
            if let ending = part.ending { add(part.ended, nil, ending.sentence) }
        }
        return events.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}

extension Action {
    /// What people are asked.
    fileprivate func question(in scope: Scope) -> String? {
        switch self {
        case .manual(let manual): manual.question.preview(in: scope)
        case .approve(let approve): approve.question.preview(in: scope)
        case .mirror(let mirror) where isLeftToPeople(in: scope): mirror.question
        case .command(let command) where isLeftToPeople(in: scope): command.question?.preview(in: scope)
        default: nil
        }
    }
}

extension String {
    /// ISO 8601, as a journal has it.
    var instantDate: Date? { try? Date(self, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    /// ISO 8601, for people.
    var instant: String {
        guard let date = instantDate else { return self }
        return date.ISO8601Format().replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    /// `nil` where the other is earlier, or either is no time.
    func seconds(until later: String) -> Double? {
        guard let start = instantDate, let end = later.instantDate, end >= start else { return nil }
        return (end.timeIntervalSince(start) * 1000).rounded() / 1000
    }
}
