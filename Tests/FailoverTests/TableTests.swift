@testable import failover
import Testing

@Suite struct TableTests {
    private func table(_ rows: [String]...) -> Table {
        var table = Table([("GROUP", .left), ("TOPIC", .left), ("OFFSET", .right)])
        for row in rows { table.add(row) }
        return table
    }

    @Test func columnsAreAligned() {
        let text = table(["billing", "orders", "1,234"], ["b", "o", "5"]).text(width: nil)
        #expect(text == """
            GROUP    TOPIC   OFFSET
            billing  orders   1,234
            b        o            5
            """)
    }

    @Test func emptyCellsLeaveNoBlanksAtTheEnd() {
        var table = Table([("A", .left), ("B", .left)])
        table.add(["x", ""])
        table.add(["", "y"])
        #expect(table.text(width: nil) == "A  B\nx\n   y")
    }

    /// The widest gives way first, no number ever, and no name below eight characters.
    @Test(arguments: [
        (80, "a-group-with-a-long-name  a-topic-of-the-usual-length  12,345,678"),
        (60, "a-group-wit…a-long-name  a-topic-of-…sual-length  12,345,678"),
        (10, "a-gr…ame  a-to…gth  12,345,678"),
    ])
    func namesGiveWay(_ width: Int, _ row: String) {
        let table = table(["a-group-with-a-long-name", "a-topic-of-the-usual-length", "12,345,678"])
        let lines = table.text(width: width).split(separator: "\n").map(String.init)
        #expect(lines.count == 2 && lines.last == row)
        #expect(width == 10 || lines.allSatisfy { $0.count <= width })
    }

    @Test func titlesStayWhole() {
        var table = Table([("STATE ON TARGET", .left), ("N", .right)])
        table.add(["a state that is longer than its title", "1"])
        #expect(table.text(width: 1).hasPrefix("STATE ON TARGET  N\na state…s title  1"))
    }

    @Test func theMiddleGoes() {
        #expect("0123456789".shortened(to: 10) == "0123456789")
        #expect("0123456789".shortened(to: 9) == "0123…6789")
        #expect("0123456789".shortened(to: 8) == "0123…789")
    }

    @Test func stylesTakeNoRoom() {
        var table = Table([("", .left), ("GROUP", .left), ("N", .right)])
        table.add(["FAIL", "a", "1"], styles: [0: .red])
        table.add(["pass", "billing", "20"], styles: [0: .green, 2: .yellow])
        let plain = table.text(width: nil), coloured = table.text(width: nil, isColoured: true)
        #expect(plain == "      GROUP     N\nFAIL  a         1\npass  billing  20")
        #expect(coloured == "      GROUP     N\n\u{1B}[31mFAIL\u{1B}[0m  a         1\n\u{1B}[32mpass\u{1B}[0m  billing  \u{1B}[33m20\u{1B}[0m")
    }

    @Test func whatFollowsKeepsTheWidths() {
        var next = table(["billing", "orders", "1,234"]).continued
        next.add(["b", "o", "5"])
        #expect(next.text(width: nil) == "b        o            5")
    }

    /// Somebody else's names reach a terminal spelled out.
    @Test func controlsAreSpelledOut() {
        #expect("evil\u{1B}[2Jname\n\t\r\u{7}".withoutControls == #"evil\u{1B}[2Jname\n\t\r\u{7}"#)
        #expect("\u{9B}1m \u{202E}desrever \u{2028}".withoutControls == #"\u{9B}1m \u{202E}desrever \u{2028}"#)
        #expect("größe 注文 👩‍👧 a\u{301}".withoutControls == "größe 注文 👩‍👧 a\u{301}")
        let text = table(["evil\u{1B}[2J\n", "o", "5"]).text(width: nil)
        #expect(!text.contains("\u{1B}") && text.split(separator: "\n").count == 2 && text.contains(#"evil\u{1B}[2J\n  o"#))
    }

    @Test func messagesKeepTheirLinesAndOurStyles() {
        let styled = Console.Style.red.around("FAIL")
        #expect("a\n\(styled): b".withoutForeignControls == "a\n\(styled): b")
        #expect("\(styled): \u{1B}[31;1mb\u{1B}]0;title\u{7}".withoutForeignControls == styled + #": \u{1B}[31;1mb\u{1B}]0;title\u{7}"#)
    }
}
