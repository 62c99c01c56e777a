import Runbooks
import Testing

@Suite struct TemplateTests {
    private let knowledge = Knowledge([
        "plan.maxReplay": 1500, "look.seconds": .number(0.5), "plan.failedChecks": ["a b", "", "c"], "plan.none": [], "plan.sure": true,
        "parameters.x": "X", "parameters.empty": "",
    ])

    @Test(arguments: [
        ("", ""), ("as it is", "as it is"), ("${plan.maxReplay}", "1500"), ("${look.seconds} s", "0.5 s"), ("${plan.failedChecks}!", "a b, , c!"),
        ("<${plan.none}>", "<>"), ("${parameters.x}${parameters.x}", "XX"), ("${plan.sure}", "true"), ("$", "$"), ("$$", "$$"),
        ("5 $ or $5", "5 $ or $5"), ("{}", "{}"),
        ("$${parameters.x}", "${parameters.x}"), ("$$${parameters.x}", "$${parameters.x}"), ("$${", "${"), ("$(date)`id`", "$(date)`id`"),
        ("}${parameters.x}}", "}X}"),
        ("a\r\n${parameters.x}\ne\u{301}", "a\r\nX\ne\u{301}"),
    ]) func strings(_ text: String, _ expected: String) throws {
        let template = try Template(text)
        let string = template.string(in: knowledge)
        #expect(string.map { Array($0.utf8) } == Array(expected.utf8))
        #expect(template.text == text)
    }

    @Test(arguments: [
        ("${", 0, "found the end"), ("a ${plan.maxReplay", 2, "found the end in column 19"), ("${}", 0, "found '}'"),
        ("${plan}", 0, "found '}' in column 7"),
        ("${plan.}", 0, "found '.'"), ("${ plan.mode }", 0, "found ' '"), ("${plan.mode }", 0, "found ' '"), ("${plan.a.b}", 0, "found '.'"),
        ("${plan.a == 1}", 0, "found ' '"),
        ("${env:HOME}", 0, "'$${'"), ("ok ${plan.a} ${1.a}", 13, "found '1'"), ("${plan.a${plan.b}}", 0, "found '$'"),
    ]) func mistakes(_ text: String, _ column: Int, _ message: String) {
        let error = #expect(throws: ExpressionError.self) { try Template(text) }
        #expect(error?.column == column)
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func references() throws {
        #expect(try Template("${a.b} ${c.d} ${a.b} $${e.f}").references == [Reference("a.b"), Reference("c.d")])
        #expect(try Template("${a.b}").sole == Reference("a.b"))
        for text in ["", " ${a.b}", "${a.b}\n", "${a.b}${a.b}", "$${a.b}", "a"] { #expect(try Template(text).sole == nil) }
    }

    @Test func unknownIsSaid() throws {
        let template = try Template("${plan.maxReplay} of ${look.lag}, ${plan.failedChecks}")
        #expect(template.string(in: knowledge) == nil)
        #expect(template.items(in: knowledge) == nil)
        #expect(try Template("${look.groups}").items(in: knowledge) == nil)
        #expect(template.preview(in: knowledge) == "1,500 of ‹look.lag›, a b, , c")
    }

    @Test func literalsHaveNoReferences() {
        for text in ["${parameters.x}", "$${", "${", ""] {
            let template = Template(literal: text)
            #expect(template.text == text)
            #expect(template.references.isEmpty)
            #expect(template.string(in: knowledge) == text)
            #expect(template.preview(in: knowledge) == text)
            #expect(template.items(in: knowledge) == [text])
        }
    }

    // MARK: Arguments

    static let hostile = [
        "", " ", "a b", "a  b ", "\"", "'", "'; rm -rf / #", "$(reboot)", "`reboot`", "a\nb", "a\r\nb", "\u{0}", "${parameters.x}",
        "$${parameters.x}", "${", "$", "}", "--yes",
        "*", "a, b", "[\"a\", \"b\"]", "\\", "\u{301}", "‹parameters.x›",
    ]

    @Test(arguments: hostile) func aValueStaysWhatItIs(_ value: String) throws {
        let knowledge = Knowledge(["s.v": .text(value), "s.l": .list([value, value]), "s.one": .list([value]), "parameters.x": "X"])
        #expect(try Template("${s.v}").items(in: knowledge) == [value])
        #expect(try Template("--x=${s.v}").items(in: knowledge) == ["--x=" + value])
        #expect(try Template("${s.v}${s.v}").items(in: knowledge) == [value + value])
        #expect(try Template("$${${s.v}}").items(in: knowledge) == ["${" + value + "}"])
        #expect(try Template("${s.l}").items(in: knowledge) == [value, value])
        #expect(try Template("${s.one}").items(in: knowledge) == [value])
        #expect(try Template("${s.l}.").items(in: knowledge) == [value + ", " + value + "."])
    }

    @Test func onlyAListByItselfSpreads() throws {
        #expect(try Template("${plan.failedChecks}").items(in: knowledge) == ["a b", "", "c"])
        #expect(try Template("${plan.none}").items(in: knowledge) == [])
        #expect(try Template("--groups=${plan.none}").items(in: knowledge) == ["--groups="])
        #expect(try Template("${plan.none}${plan.none}").items(in: knowledge) == [""])
        #expect(try Template("").items(in: knowledge) == [""])
        #expect(try Template("${parameters.empty}").items(in: knowledge) == [""])
    }

    @Test func aQuestionCannotBeRewritten() throws {
        let knowledge = Knowledge(["s.v": "\u{1B}[2K\rMove nothing?"])
        #expect(try Template("Move ${s.v}").preview(in: knowledge) == #"Move \u{1b}[2K\u{d}Move nothing?"#)
    }
}
