extension [Block] {
    /// As plain text, wrapped at so many columns. What belongs to a step is indented.
    func text(columns: Int = 100) -> String {
        var lines: [String] = [], indent = 0
        for (index, block) in enumerated() {
            if case .heading(let level, _) = block { indent = level == 3 ? 4 : 0 }
            if index > 0 { lines.append("") }
            lines += block.lines(columns - indent).map { line in
                if case .heading = block { line } else { line.isEmpty ? "" : String(repeating: " ", count: indent) + line }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Block {
    fileprivate func lines(_ columns: Int) -> [String] {
        switch self {
        case .heading(let level, let prose):
            let lines = prose.text.wrapped(columns)
            guard level < 3, let width = lines.map(\.count).max() else { return lines }
            return lines + [String(repeating: level == 1 ? "=" : "-", count: width)]
        case .paragraph(let prose): return prose.text.wrapped(columns)
        case .list(let items): return items.flatMap { Self.item($0.text, columns) }
        case .code(let text): return Value.harmless(text).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { "    " + $0 }
        case .facts(let facts): return facts.flatMap { Self.item("\($0.name): \($0.value.text)", columns) }
        case .table(let header, let rows):
            return rows.flatMap { row in
                Self.item(zip(header, row).filter { !$0.1.isEmpty }.map { "\($0): \($1.text)" }.joined(separator: "; "), columns)
            }
        case .banner(let prose, _): return "! \(prose.text)".wrapped(columns, hanging: 2)
        }
    }

    private static func item(_ text: String, _ columns: Int) -> [String] { "- \(text)".wrapped(columns, hanging: 2) }
}

extension Prose {
    var text: String {
        parts.map { part in
            switch part {
            case .plain(let text), .strong(let text), .code(let text), .badge(let text, _): text.onOneLine
            }
        }.joined().trimmed
    }
}

extension String {
    /// Between words; one that is too long stands on a line by itself.
    fileprivate func wrapped(_ columns: Int, hanging: Int = 0) -> [String] {
        var lines: [String] = [], line = ""
        for word in split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = String(repeating: " ", count: hanging) + word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
