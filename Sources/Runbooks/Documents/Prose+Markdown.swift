extension [Block] {
    /// As CommonMark, with tables as forges have them.
    var markdown: String { map(\.markdown).joined(separator: "\n\n") + "\n" }
}

extension Block {
    fileprivate var markdown: String {
        switch self {
        case .heading(let level, let prose): String(repeating: "#", count: level) + " " + prose.markdown()
        case .paragraph(let prose): prose.markdown(startsLine: true)
        case .list(let items): items.map { "- " + $0.markdown(startsLine: true) }.joined(separator: "\n")
        case .code(let text): Self.fenced(text)
        case .facts(let facts): facts.map { "- **\($0.name.markdownEscaped()):** \($0.value.markdown())" }.joined(separator: "\n")
        case .table(let header, let rows): Self.table(header, rows)
        case .banner(let prose, _): "> " + prose.markdown(startsLine: true)
        }
    }

    /// No line of the text ends it.
    private static func fenced(_ text: String) -> String {
        let fence = String(repeating: "`", count: Swift.max(3, text.longestRun(of: "`") + 1))
        return "\(fence)text\n\(Value.harmless(text))\n\(fence)"
    }

    private static func table(_ header: [String], _ rows: [[Prose]]) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let head = [line(header.map { $0.markdownEscaped() }), "|" + String(repeating: " --- |", count: header.count)]
        return (head + rows.map { line($0.map { $0.markdown(inTable: true) }) }).joined(separator: "\n")
    }
}

extension Prose {
    /// - Parameters:
    ///   - startsLine: What would begin a heading or a list there does not.
    ///   - inTable: What would end a cell does not.
    fileprivate func markdown(startsLine: Bool = false, inTable: Bool = false) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .plain(let plain): text += plain.markdownEscaped(startsLine: startsLine && text.isEmpty)
            case .strong(let strong), .badge(let strong, _):
                let trimmed = strong.markdownEscaped().trimmed
                text += trimmed.isEmpty ? "" : "**\(trimmed)**"
            case .code(let code): text += code.markdownCode(inTable: inTable)
            }
        }
        return text.trimmed
    }
}

extension String {
    private static let inlineMarks: Set<Unicode.Scalar> = ["\\", "`", "*", "_", "[", "]", "<", ">", "|", "~", "&", "$"]
    private static let lineMarks: Set<Unicode.Scalar> = ["#", "+", "-", "=", ":"]

    fileprivate func markdownEscaped(startsLine: Bool = false) -> String {
        var isFirst = true, isNumber = false
        let escaped = (startsLine ? onOneLine.trimmed : onOneLine).replacingScalars { scalar in
            defer { (isFirst, isNumber) = (false, (isFirst || isNumber) && ("0"..."9").contains(scalar)) }
            let endsNumber = isNumber && (scalar == "." || scalar == ")")
            return Self.inlineMarks.contains(scalar) || (startsLine && (isFirst && Self.lineMarks.contains(scalar) || endsNumber)) ? "\\\(scalar)" : nil
        }
        // What follows on the line may need the blank that was trimmed off its end.
        return startsLine && last == " " && !escaped.isEmpty ? escaped + " " : escaped
    }

    fileprivate func markdownCode(inTable: Bool) -> String {
        let text = inTable ? onOneLine.replacingScalars { $0 == "|" ? "\\|" : nil } : onOneLine
        guard !text.trimmed.isEmpty else { return "(empty)" }
        let fence = String(repeating: "`", count: text.longestRun(of: "`") + 1), (first, last) = (text.unicodeScalars.first, text.unicodeScalars.last)
        let needsBlanks = first == "`" || last == "`" || (first == " " && last == " ")
        return needsBlanks ? "\(fence) \(text) \(fence)" : fence + text + fence
    }

    fileprivate func longestRun(of mark: Unicode.Scalar) -> Int {
        var longest = 0, run = 0
        for next in unicodeScalars {
            run = next == mark ? run + 1 : 0
            longest = Swift.max(longest, run)
        }
        return longest
    }

    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return start.lastIndex { !$0.isWhitespace }.map { String(start[...$0]) } ?? ""
    }
}
