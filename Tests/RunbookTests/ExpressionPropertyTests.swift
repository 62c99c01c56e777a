import Runbooks
import TestSupport
import Testing

@Suite struct ExpressionPropertyTests {
    private static let seeds = UInt64(0)..<1000

    private func each(_ body: (inout SeededGenerator) throws -> Void) rethrows {
        for seed in Self.seeds {
            var random = SeededGenerator(seed: seed)
            try body(&random)
        }
    }

    private func text(asks: Bool = false, _ random: inout SeededGenerator) -> String {
        RandomExpression(.boolean, depth: 4, asks: asks, using: &random).text(using: &random)
    }

    @Test func whatIsWrittenIsWhatIsMeant() throws {
        var answers: [Value?: Int] = [:]
        try each { random in
            let meant = RandomExpression(.boolean, depth: 5, asks: true, using: &random)
            let text = meant.text(using: &random)
            let expression = try Expression(text)
            #expect(try expression.type(in: Knowledge([:], unknown: RandomExpression.types)) == .boolean, "\(text)")
            for unknown in [0, 0.3, 1] {
                let knowledge = Knowledge(unknown: unknown, using: &random)
                let value = expression.value(in: knowledge)
                #expect(value == meant.value(in: knowledge), "\(text)")
                #expect(unknown > 0 || value != nil, "\(text)")
                #expect(expression.unknown(in: knowledge) == expression.references.filter { knowledge.values[$0] == nil })
                answers[value, default: 0] += 1
            }
        }
        // That it was not all the same.
        for answer in [nil, Value.boolean(true), .boolean(false)] { #expect(answers[answer, default: 0] > 300) }
    }

    @Test func whatIsKnownStaysSo() throws {
        var decided = 0
        try each { random in
            let text = text(&random)
            let expression = try Expression(text)
            let before = Knowledge(unknown: 0.5, using: &random)
            guard let value = expression.value(in: before) else { return }
            decided += expression.unknown(in: before).isEmpty ? 0 : 1
            for _ in 0..<5 {
                var after = before
                after.learn(all: .random(in: 0...1, using: &random), using: &random)
                #expect(expression.value(in: after) == value, "\(text)")
            }
        }
        #expect(decided > 60)
    }

    @Test func lawsOfLogic() throws {
        try each { random in
            let (a, b, c) = ("(\(text(asks: true, &random)))", "(\(text(asks: true, &random)))", "(\(text(asks: true, &random)))")
            let knowledge = Knowledge(unknown: 0.4, using: &random)
            func same(_ left: String, _ right: String) throws {
                #expect(try Expression(left).value(in: knowledge) == Expression(right).value(in: knowledge), "\(left) | \(right)")
            }
            for (one, other) in [("and", "or"), ("or", "and")] {
                try same("\(a) \(one) \(b)", "\(b) \(one) \(a)")
                try same("\(a) \(one) \(b) \(one) \(c)", "\(a) \(one) (\(b) \(one) \(c))")
                try same("not (\(a) \(one) \(b))", "not \(a) \(other) not \(b)")
                try same("\(a) \(one) (\(b) \(other) \(c))", "(\(a) \(one) \(b)) \(other) (\(a) \(one) \(c))")
                try same("\(a) \(one) (\(a) \(other) \(b))", a)
                try same("\(a) \(one) \(a)", a)
            }
            try same("not not \(a)", a)
            try same("\(a) and true or false", a)
            try same("\(a) and false", "false")
            try same("\(a) or true", "true")
        }
    }

    // MARK: Anything at all

    private static let fragments =
        ["a.b", "plan.maxReplay", "plan.mode", "plan.failedChecks", "and", "or", "not", "in", "is", "known", "unknown", "true", "false"]
        + ["==", "!=", "<", "<=", "(", ")", "[", "]"]
        + [",", "\"x\"", "'", "\"", "1", "-1", "0.5", "-", ".", "..", "=", "&&", "!", "${", "${a.b}", "}", "$", "$$", "é", "\u{301}", "\u{0}", "\r\n",
        "👩‍👩‍👧", "1e9", " ", "“", "999"]

    private func check(_ text: String, _ knowledge: Knowledge) -> Bool {
        do {
            let expression = try Expression(text)
            _ = expression.evidence(in: knowledge)
            let value = expression.value(in: knowledge)
            if let type = try? expression.type(in: Knowledge([:], unknown: RandomExpression.types)) {
                #expect(value == nil || value?.type == type, "\(text)")
            }
            return true
        } catch {
            #expect((0...text.count).contains(error.column), "\(text)")
            return false
        }
    }

    @Test func garbageIsRefusedOrUnderstood() {
        var understood = 0
        for seed in UInt64(0)..<10_000 {
            var random = SeededGenerator(seed: seed)
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.fragments.randomElement(using: &random)! }
                .joined(separator: Bool.random(using: &random) ? " " : "")
            let knowledge = Knowledge(unknown: 0.3, using: &random)
            understood += check(text, knowledge) ? 1 : 0
            if let template = try? Template(text) {
                _ = (template.string(in: knowledge), template.items(in: knowledge))
                #expect(template.references.isEmpty || text.contains("${"))
                if template.references.isEmpty { #expect(template.string(in: knowledge) == text.replacing("$${", with: "${")) }
            }
        }
        #expect(understood > 100)
    }

    /// A right one with a piece cut out, doubled, or replaced by another.
    @Test func nearMissesAreRefusedOrUnderstood() {
        each { random in
            var text = text(asks: true, &random)
            let start = text.index(text.startIndex, offsetBy: Int.random(in: 0..<text.count, using: &random))
            let end = text.index(start, offsetBy: Int.random(in: 1...4, using: &random), limitedBy: text.endIndex) ?? text.endIndex
            let piece = String(text[start..<end])
            text.replaceSubrange(start..<end, with: ["", piece + piece, Self.fragments.randomElement(using: &random)!].randomElement(using: &random)!)
            _ = check(text, Knowledge(unknown: 0.3, using: &random))
        }
    }

    /// Values of other types than were said.
    @Test func noValueTraps() throws {
        try each { random in
            let expression = try Expression(text(asks: true, &random))
            var lies = Knowledge([:])
            for name in expression.references {
                let lie = [Value.number(.nan), .number(-.infinity), .text("\u{0}"), .boolean(true), .list([])].randomElement(using: &random)
                lies.values[name] = lie
            }
            let value = expression.value(in: lies)
            #expect(expression.references.count == 1 || value == nil || value?.type == .boolean)
            #expect(expression.unknown(in: lies) == [])
        }
    }
}
