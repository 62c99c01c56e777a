import Runbooks
import Testing

@Suite struct ExpressionTests {
    private let knowledge = Knowledge(
        [
            "plan.maxReplay": 1500, "plan.mode": "cutover", "plan.failedChecks": ["rewind", "lag"], "groups.activeOnTarget": [],
            "parameters.max-re-read": 1000, "parameters.sure": true, "not.known": 7,
        ],
        unknown: ["look.lag": .number, "look.source": .text, "look.answers": .boolean, "look.groups": .list])

    @Test(arguments: [
        ("plan.maxReplay <= parameters.max-re-read", false), ("plan.maxReplay > 1000", true), ("plan.maxReplay>=1500.0", true),
        ("-1 < 0 and 0.5 < 1", true), ("1<-1", false),
        ("plan.mode == 'cutover'", true), (#"plan.mode != "cutover""#, false), (#"'it is "so"' == "it is 'so'""#, false),
        (#""rewind" in plan.failedChecks or groups.activeOnTarget == []"#, true), (#"not ("x" in plan.failedChecks)"#, true),
        ("plan.failedChecks in plan.failedChecks", true), (#"plan.failedChecks in ["x"]"#, false), (#"[] in ["x"]"#, true), (#"["x"] in ["y", "x"]"#, true),
        ("not 'x' in plan.failedChecks", true), ("plan.failedChecks == [ 'rewind' , 'lag' ]", true),
        ("['lag', 'rewind'] == plan.failedChecks", false),
        ("parameters.sure", true), ("not not parameters.sure", true), ("(plan.maxReplay == 1500) == true", true),
        ("true or false and false", true), ("(true or false) and false", false), ("not false or true", true), ("not (false or true)", false),
        ("plan.maxReplay is known", true), ("look.lag is known", false), ("(look.lag) is unknown", true), ("not look.lag is known", true),
        ("not.known == 7", true), ("not.known is known", true), ("\n\ttrue\r\nand true ", true), ("'' == \"\"", true),
    ]) func known(_ text: String, _ expected: Bool) throws {
        let expression = try Expression(text)
        #expect(try expression.type(in: knowledge) == .boolean)
        #expect(expression.value(in: knowledge) == .boolean(expected))
    }

    @Test(arguments: [
        "look.lag < 5", "5 == look.lag", "look.source in plan.failedChecks", "'a' in look.groups", "not look.answers", "look.answers",
        "true and look.answers", "look.answers or false", "look.answers and look.lag < 5", "look.answers == look.answers",
    ]) func unknown(_ text: String) throws {
        let expression = try Expression(text)
        #expect(try expression.type(in: knowledge) == .boolean)
        #expect(expression.value(in: knowledge) == nil)
    }

    @Test(arguments: [
        ("false and look.answers", false), ("look.answers and false", false), ("true or look.answers", true), ("look.answers or true", true),
        ("look.answers and look.lag < 5 and false", false),
    ]) func decidedByTheRest(_ text: String, _ expected: Bool) throws {
        #expect(try Expression(text).value(in: knowledge) == .boolean(expected))
    }

    @Test(arguments: [
        ("plan.maxReplay", ValueType.number), ("'a'", .text), ("[]", .list), ("['a']", .list), ("-0.25", .number), ("(look.source)", .text),
    ]) func typesOfValues(_ text: String, _ type: ValueType) throws { #expect(try Expression(text).type(in: knowledge) == type) }

    /// The column is where somebody would look, and the message says what to write there.
    @Test(arguments: [
        ("", 0, "a value was expected"), ("  ", 2, "found the end"), ("plan.maxReplay <", 16, "found the end"), ("and true", 0, "found 'and'"),
        ("plan.maxReplay = 1", 15, "write =="), ("plan.mode === 'a'", 10, "write =="), ("1 => 2", 2, "write >="), ("1 =< 2", 2, "write <="),
        ("1 <> 2", 2, "write !="), ("true && true", 5, "write and"), ("true || true", 5, "write or"), ("!true", 0, "write not"),
        ("true | true", 5, "write or"), ("1 ≤ 2", 2, "write <="), ("1 ≠ 2", 2, "write !="), ("plan.mode == “a”", 13, "plain quotes"),
        ("plan.mode == ‘a’", 13, "plain quotes"), ("plan.mode == «a»", 13, "plain quotes"), ("plan.mode == 'a", 13, "has no end"),
        ("`a`", 0, "'text'"),
        ("1 < 2 < 3", 6, "do not chain"), ("true == true == true", 13, "do not chain"), ("'a' in ['a'] == true", 13, "do not chain"),
        ("look.lag is known is known", 18, "do not chain"), ("1 is known", 0, "about a reference"), ("(1 < 2) is known", 3, "about a reference"),
        ("look.lag is", 11, "'known' or 'unknown'"), ("look.lag is not known", 12, "is unknown"), ("look.lag is 5", 12, "=="),
        ("'a' not in ['a']", 4, "write not (x in list)"), ("true == not false", 8, "parentheses"), ("'a' in ['a' 'b']", 12, "',' or ']'"),
        ("['a',]", 5, "a text in quotes"), ("[1]", 1, "a text in quotes"), ("[plan.mode]", 1, "a text in quotes"), ("['a'", 4, "',' or ']'"),
        ("(true", 5, "the ')' of column 1"), ("(true, false)", 5, "the ')'"), ("true)", 4, "no '(' is open"), ("true true", 5, "an operator"),
        ("maxReplay > 1", 0, "parameters.maxReplay"), ("true AND true", 5, "small letters"), ("True", 0, "small letters"),
        ("look.lag == null", 12, "is unknown"),
        ("plan.a.b == 1", 0, "two names"), ("plan. a", 0, "after 'plan.'"), ("plan.1", 0, "after 'plan.'"),
        ("len(plan.failedChecks) > 1", 0, "no functions"),
        ("not(true) and foo(1)", 14, "no functions"), ("${plan.maxReplay} > 1", 0, "by themselves"), ("1 + 1 == 2", 2, "no arithmetic"),
        ("1 - 1", 2, "no arithmetic"),
        ("plan.maxReplay > 1,500", 18, "no separators"), ("plan.maxReplay > 1_500", 17, "without separators"), ("look.lag < 10s", 11, "units"),
        ("1. == 1", 0, "a number is digits"), (".5 < 1", 0, "not understood"), ("9007199254740993 > 1", 0, "too large"),
        ("é == 1", 0, "not understood"),
        ("'é👩‍👩‍👧' == ?", 8, "'?' is not understood"),
    ]) func mistakes(_ text: String, _ column: Int, _ message: String) {
        let error = #expect(throws: ExpressionError.self) { try Expression(text) }
        #expect(error?.column == column, "\(error?.description ?? "")")
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("plan.maxRelay > 1", 0, "there is no plan.maxRelay"), ("true and nope.a is known", 9, "there is no nope.a"),
        ("plan.mode < 5", 0, "'<' compares numbers; plan.mode is a text"), ("5 >= look.source", 5, "look.source is a text"),
        ("plan.mode == 3", 10, "plan.mode is a text, 3 is a number"), ("[] != ''", 3, "is a list"), ("true == 'true'", 5, "true or false"),
        ("3 in plan.failedChecks", 0, "a text"), ("'a' in plan.mode", 7, "plan.mode is a text"),
        ("not plan.maxReplay", 4, "plan.maxReplay is a number"),
        ("true and plan.mode", 9, "true or false"), ("1 or true", 0, "1 is a number"), ("(1 < 2) < 3", 3, "what is here is true or false"),
    ]) func misfits(_ text: String, _ column: Int, _ message: String) throws {
        let expression = try Expression(text)
        let error = #expect(throws: ExpressionError.self) { try expression.type(in: knowledge) }
        #expect(error?.column == column, "\(error?.description ?? "")")
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func columnsAreFromOneForPeople() { #expect(ExpressionError(message: "no", column: 4).description == "column 5: no") }

    @Test func whatDoesNotFitIsUnknown() throws {
        for text in ["plan.mode < 5", "plan.mode == 3", "'a' in plan.mode", "3 in plan.failedChecks", "not plan.mode", "true and plan.mode"] {
            #expect(try Expression(text).value(in: knowledge) == nil, "\(text)")
        }
        let nan = Knowledge(["a.b": .number(.nan)])
        #expect(try Expression("a.b == a.b or a.b < 1 or a.b >= 1").value(in: nan) == false)
    }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: depth) + "true" + String(repeating: close, count: depth)
        }
        #expect(try Expression(nested(64, "(", ")")).value(in: knowledge) == true)
        #expect(try Expression(nested(64, "not ", "")).value(in: knowledge) == true)
        for text in [nested(65, "(", ")"), nested(2000, "(", ""), nested(65, "not ", ""), nested(33, "not (", ")")] {
            let error = #expect(throws: ExpressionError.self) { try Expression(text) }
            #expect(error?.message.contains("nested too deeply") == true)
        }
    }

    @Test func lengthIsBounded() throws {
        let chain = Array(repeating: "a.b", count: 600).joined(separator: " or ")
        #expect(chain.count == 4196)
        let error = #expect(throws: ExpressionError.self) { try Expression(chain) }
        #expect(error?.column == 4096)
        #expect(try Expression(String(chain.prefix(4092 + 4)).dropLast(5).description).value(in: Knowledge(["a.b": true])) == true)
    }

    @Test func messagesHaveTheValues() throws {
        let expression = try Expression("plan.maxReplay <= parameters.max-re-read and plan.mode == 'x' and look.lag < 5 and plan.maxReplay is known")
        #expect(expression.references.map(\.description) == ["plan.maxReplay", "parameters.max-re-read", "plan.mode", "look.lag"])
        #expect(expression.unknown(in: knowledge) == [Reference("look.lag")])
        #expect(
            expression.evidence(in: knowledge)
                == #"plan.maxReplay = 1,500, parameters.max-re-read = 1,000, plan.mode = "cutover", look.lag is not known"#)
        #expect(try Expression("1 < 2").evidence(in: knowledge) == "")
    }

    @Test func evidenceIsOneShortLine() throws {
        let text = "x\n\u{1B}[2J\u{202E}" + String(repeating: "y", count: 1000)
        let hostile = Knowledge(["a.b": .text(text), "a.c": .list((1...1200).map(String.init))])
        let evidence = try Expression("a.b in a.c").evidence(in: hostile)
        #expect(evidence.count < 400)
        #expect(!evidence.unicodeScalars.contains { ["\n", "\u{1B}", "\u{202E}"].contains($0) })
        #expect(evidence.hasSuffix(#""10", 1,190 more]"#))
    }
}
