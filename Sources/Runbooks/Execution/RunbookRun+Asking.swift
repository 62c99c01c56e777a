internal import Cutover
internal import Foundation

extension RunbookRun {
    enum Asked {
        case answered(Found)
        /// The answer does not do.
        case refused(String)
        case declined(by: String)
        case nobody
    }

    /// What a question is about.
    struct Matter {
        var step: String
        /// In a file of answers.
        var key: String
        var title: String
        var instruction: Template?
        var byHand: Template?

        init(_ step: Step) {
            self.init(step: step.id, key: step.id, title: step.title)
            (instruction, byHand) = (step.description, step.byHand)
        }

        init(step: String, key: String, title: String) { (self.step, self.key, self.title) = (step, key, title) }
    }

    /// Asks what only people can say; `nil` where an action needs nobody.
    mutating func ask(_ action: Action, _ matter: Matter) async throws -> Asked? {
        switch action {
        case .manual(let manual): return try await ask(manual, matter)
        case .approve(let approve): return try await ask(approve, matter)
        case .mirror(let mirror) where isAsked(action):
            // What it is asked about is looked at as well.
            return try await confirm(mirror.question, matter, then: nil)
        case .command(let command) where isAsked(action):
            return try await confirm(command.question?.preview(in: scope) ?? "", matter, then: .answered(["status": .integer(0), "output": .text("")]))
        default: return nil
        }
    }

    /// Only people can do it, in general or in this run.
    func isAsked(_ action: Action) -> Bool { action.isLeftToPeople(in: scope) }

    private mutating func confirm(_ text: String, _ matter: Matter, then yes: Asked?) async throws -> Asked? {
        let reply = try await reply(to: question(matter, text, .confirm), beforehand: answers.answers[matter.key]) { Self.confirmed($0) == nil ? "yes or no" : nil }
        guard let reply else { return .nobody }
        return Self.confirmed(reply.text) == true ? yes : .declined(by: reply.by)
    }

    private mutating func ask(_ manual: Action.Manual, _ matter: Matter) async throws -> Asked {
        let kind: Question.Kind = switch manual.answer {
        case .confirm: .confirm
        case .text: .text
        case .number: .number
        case .choice: .choice(manual.choices)
        }
        let question = question(matter, manual.question.preview(in: scope), kind)
        let reply = try await reply(to: question, beforehand: answers.answers[matter.key]) { text in
            switch manual.answer {
            case .confirm: Self.confirmed(text) == nil ? "yes or no" : nil
            case .number: Double(text).map(\.isFinite) == true ? nil : "a number"
            case .choice: manual.choices.contains(text) ? nil : "one of " + manual.choices.joined(separator: ", ")
            case .text: text.isEmpty ? "some text" : nil
            }
        }
        guard let reply else { return .nobody }
        switch manual.answer {
        case .confirm: return Self.confirmed(reply.text) == true ? .answered(["answer": .boolean(true)]) : .declined(by: reply.by)
        case .number: return .answered(["answer": .number(Double(reply.text) ?? 0)])
        case .text, .choice: return .answered(["answer": .text(reply.text)])
        }
    }

    private mutating func ask(_ approve: Action.Approve, _ matter: Matter) async throws -> Asked {
        let allowed = try approve.by.items(in: scope)
        let question = question(matter, approve.question.preview(in: scope), .approval(by: allowed))
        var names = ApproverNames(allowed: allowed)
        if approve.needsFourEyes { (names.operators, names.earlier) = (history.parts.map(\.by.user), earlierApprovers) }
        guard let reply = try await reply(to: question, beforehand: answers.approvals[matter.key], names.wanted) else { return .nobody }
        let name = reply.text.trimmed
        return ApproverNames.isNo(name) ? .declined(by: reply.by) : .answered(["by": .text(name)])
    }

    /// Something to be decided about a step that has been tried.
    mutating func choose<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type, _ beforehand: String?, _ matter: Matter, _ text: String
    ) async throws -> Choice? {
        let choices = Choice.allCases.map(\.rawValue)
        var question = question(matter, text, .choice(choices))
        (question.instruction, question.byHand) = (nil, nil)
        let reply = try await reply(to: question, beforehand: beforehand) { choices.contains($0) ? nil : "one of " + choices.joined(separator: ", ") }
        return reply.flatMap { Choice(rawValue: $0.text) }
    }

    private func question(_ matter: Matter, _ text: String, _ kind: Question.Kind) -> Question {
        Question(
            step: matter.step, title: matter.title, instruction: matter.instruction?.preview(in: scope), byHand: matter.byHand?.shellPreview(in: scope),
            text: text, kind: kind)
    }

    /// Takes an answer that was written beforehand, or asks until one does, and writes it down.
    ///
    /// - Parameter problem: What is wanted, where an answer does not do.
    /// - Throws: ``AnswerUnfit`` where one that was written beforehand does not do.
    private mutating func reply(to question: Question, beforehand: String?, _ problem: (String) -> String?) async throws -> Reply? {
        if let beforehand {
            if let wanted = problem(beforehand) { throw AnswerUnfit(step: question.step, answer: beforehand, wanted: wanted) }
            let reply = Reply(text: beforehand, by: approver(question, beforehand) ?? by.user)
            try await note(reply.text, question, by: reply.by, beforehand: true)
            world.tell(.answered(reply.text, by: reply.by))
            return reply
        }
        var question = question
        while let reply = try await world.ask(question) {
            if let wanted = problem(reply.text) {
                question.problem = "That takes \(wanted)."
                continue
            }
            try await note(reply.text, question, by: approver(question, reply.text) ?? reply.by)
            return reply
        }
        return nil
    }

    /// Who approves, names himself.
    private func approver(_ question: Question, _ text: String) -> String? {
        guard case .approval = question.kind, !ApproverNames.isNo(text) else { return nil }
        return text.trimmed
    }

    private mutating func note(_ answer: String, _ question: Question, by: String, beforehand: Bool = false) async throws {
        var entry = RunbookEntry(.answered)
        (entry.id, entry.answer, entry.answeredBy, entry.beforehand) = (question.step, answer, by, beforehand ? true : nil)
        try await write(entry)
    }

    private static func confirmed(_ text: String) -> Bool? {
        switch text.trimmingCharacters(in: .whitespaces).lowercased() {
        case "yes", "y", "true": true
        case "no", "n", "false": false
        default: nil
        }
    }
}

/// An answer that was written beforehand does not do.
struct AnswerUnfit: Error, CustomStringConvertible {
    var step: String
    var answer: String
    var wanted: String

    var description: String { "the answer '\(answer)' that was given beforehand does not do: \(wanted) is wanted" }
}
