import Foundation
@testable import Runbooks
import Testing

@Suite struct ProseTests {
    private func blocks(_ text: String) -> [Block] { [.paragraph(Prose(text)), .list([Prose(text)]), .table(["A"], [[Prose(text)]]), .code(text), .facts([.init(text, .code(text))])] }

    @Test(arguments: [
        ("# a", "\\# a"), ("1. a", "1\\. a"), ("12) a", "12\\) a"), ("1.5 s", "1\\.5 s"), ("- a", "\\- a"), ("a - b", "a - b"), ("* a", "\\* a"), ("    a", "a"), ("a\n# b", "a ⏎ # b"),
        ("a\r\nb\u{2028}c", "a ⏎ b ⏎ c"), ("[x](y) <b> &amp; _a_ ~b~ | $c$ `d` \\", "\\[x\\](y) \\<b\\> \\&amp; \\_a\\_ \\~b\\~ \\| \\$c\\$ \\`d\\` \\\\"), ("=", "\\="),
        ("\u{202E}x\u{7}", "\\\\u{202e}x\\\\u{7}"),
    ]) func markdownParagraphs(_ text: String, _ expected: String) {
        #expect([Block.paragraph(Prose(text))].markdown == expected + "\n")
    }

    @Test(arguments: [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("", "(empty)"), (" ", "(empty)"), (" a ", "`  a  `"), ("a|b", "`a|b`")])
    func markdownCode(_ text: String, _ expected: String) {
        #expect([Block.paragraph(.code(text))].markdown == expected + "\n")
    }

    @Test func cellsKeepTheirPipes() {
        #expect([Block.table(["A|"], [[.code("a|b")], ["c|d"]])].markdown == "| A\\| |\n| --- |\n| `a\\|b` |\n| c\\|d |\n")
    }

    @Test func fencesAreLongEnough() {
        #expect([Block.code("a\n````\nb")].markdown == "`````text\na\n````\nb\n`````\n")
    }

    @Test func htmlIsEscaped() {
        let evil = "</style><script>alert(1)</script>&\"' onload=x"
        let html = blocks(evil).html(title: evil)
        #expect(!html.contains("<script") && !html.contains("\"' onload"))
        #expect(html.contains("&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39; onload=x"))
        // One element of each kind, as without it.
        func tags(_ html: String) -> Int { html.count { $0 == "<" } }
        #expect(tags(html) == tags(blocks("calm").html(title: "calm")))
    }

    /// What is joined to a mark, before it or after, makes one character of the two for people, and none for programs.
    @Test(arguments: ["\u{600}", "\u{301}"]) func marksThatAreJoinedToSomethingAreMarks(_ joined: String) throws {
        func bytes(_ text: String, _ part: String) -> Bool { Data(text.utf8).range(of: Data(part.utf8)) != nil }
        let evil = "\(joined)<script>\(joined)\"\(joined)'\(joined)&lt;"
        let html = blocks(evil).html(title: evil)
        #expect(!bytes(html, "<script>") && !bytes(html, "\(joined)\"") && !bytes(html, "\(joined)'") && bytes(html, "\(joined)&amp;lt;"))
        let markdown = [Block.paragraph(Prose("a\(joined)[\(joined)x|\(joined)"))].markdown
        #expect(bytes(markdown, "\\[") && bytes(markdown, "\\|"))
        #expect(bytes([Block.paragraph(.code("a\(joined)`\(joined)"))].markdown, "``a"))
        #expect(bytes([Block.table(["A"], [[.code("a\(joined)|\(joined)")]])].markdown, "\\|"))
        #expect(bytes("x\(joined)'\(joined)".quotedForShell, #"'\''"#))
        for (template, wanted) in [("'${parameters.v}'", #"'\''"#), ("\"${parameters.v}\"", #"\`"#), ("\"${parameters.v}\"", #"\$"#)] {
            let line = try Template(template).shellPreview(in: Scope(parameters: ["v": .text("x\(joined)'\(joined)`\(joined)$\(joined)")]))
            #expect(bytes(line, wanted), "\(line)")
        }
    }

    @Test func authorsMarkNamesAndLists() throws {
        let template = try Template("Read `a ${p.v}` and\nthe rest:\n\n- one `x`\n  more\n- two\n\nEnd`s.")
        #expect(template.blocks(in: Scope(parameters: [:])).markdown == "Read \\`a ‹p.v›\\` and the rest:\n\n- one \\`x\\` more\n- two\n\nEnd\\`s.\n")
        let even = try Template("Read `a ${parameters.v} b`, ${parameters.v}.")
        #expect(even.blocks(in: Scope(parameters: ["v": "`\n- x"])).markdown == "Read ``a ` ⏎ - x b``, \\` ⏎ - x.\n")
    }

    @Test func wordsAreWrapped() {
        let text = [Block.list([Prose(String(repeating: "word ", count: 30)), Prose(String(repeating: "x", count: 120))])].text(columns: 40)
        let lines = text.split(separator: "\n")
        #expect(lines.first == "- word word word word word word word" && lines[1] == "  word word word word word word word")
        #expect(lines.contains { $0.hasSuffix(String(repeating: "x", count: 120)) })
    }
}
