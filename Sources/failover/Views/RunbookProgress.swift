import Foundation
import KafkaClient
import OffsetTranslate
import Runbooks

/// A runbook's run, for whoever watches: on stderr.
struct RunbookProgress: Sendable {
    func tell(_ event: RunbookEvent) {
        switch event {
        case .step(let news): Console.say("\n" + heading(news) + (news.why.map { "\n  why: \($0.indented)" } ?? ""))
        case .command(let line): Console.say("  $ \(line)")
        case .output(let data):
            // What a program says is never taken for what this one says.
            for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) { Console.say("  | \(line)") }
        case .note(let text): Console.say("  \(text.indented)")
        case .answered(let answer, let by): Console.say("  answered beforehand: \(answer) (\(by))")
        case .waiting(let what): Console.say("  waiting: \(what)")
        case .ended(let outcome, let message, let seconds):
            let time = seconds.map { $0 >= 0.1 ? " in \(Duration.seconds($0).forPeople)" : "" } ?? ""
            let word = switch outcome {
            case .done: "done"
            case .failed: "FAILED"
            case .skipped: "skipped"
            }
            Console.say("  \(word)\(time)" + (message.map { ": \($0.indented)" } ?? ""))
        case .rollingBack: Console.say("\nUndoing what was done, the last first.")
        }
    }

    private func heading(_ news: StepNews) -> String {
        var notes: [String] = []
        if news.attempt > 1 { notes.append("attempt \(news.attempt)") }
        if let target = news.target { notes.append("ought to take \(target.forPeople)") }
        if let elapsed = news.elapsed, elapsed > .seconds(1) {
            let goal = news.recoveryTarget.map { " of \($0.forPeople)" + (elapsed > $0 ? ", OVER" : "") } ?? ""
            notes.append("\(elapsed.forPeople)\(goal) gone")
        }
        let place = news.undoes ? "undo" : "\(news.number)/\(news.count)"
        return "[\(place)] \(news.title) (\(news.id))" + (notes.isEmpty ? "" : " · " + notes.joined(separator: " · "))
    }

    func show(_ question: Question) {
        var lines: [String] = []
        if let problem = question.problem { lines.append("  \(problem)") } else {
            if let instruction = question.instruction { lines.append("  \(instruction.indented)") }
            if let byHand = question.byHand { lines.append("  By hand:\n    \(byHand.indented(4))") }
        }
        lines.append("  ? \(question.text.indented) \(Self.hint(question.kind))")
        Console.say(lines.joined(separator: "\n"))
    }

    func waitsForAnswer(_ question: Question) {
        show(question)
        Console.say("  Nobody is here to answer: on a terminal 'failover runbook resume' asks, and --answers FILE answers beforehand.")
    }

    private static func hint(_ kind: Question.Kind) -> String {
        switch kind {
        case .confirm: "[yes/no]"
        case .text: "[text]"
        case .number: "[number]"
        case .choice(let choices): "[\(choices.joined(separator: "/"))]"
        case .approval(let by): by.isEmpty ? "[your name, or no]" : "[\(by.joined(separator: "/")), or no]"
        }
    }
}

extension String {
    fileprivate var indented: String { indented(2) }
    fileprivate func indented(_ width: Int) -> String {
        trimmingCharacters(in: .newlines).replacing("\n", with: "\n" + String(repeating: " ", count: width))
    }
}
