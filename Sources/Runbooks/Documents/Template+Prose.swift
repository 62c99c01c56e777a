extension Prose {
    /// What a runbook's author wrote, without references: what stands between backticks is a name.
    init(authored text: String) { self = Template(literal: text).blocks(in: Scope(parameters: [:])).map(\.prose).joined(separator: " ") }
}

extension Template {
    /// Paragraphs and lists, as its author wrote them: a blank line, or a hyphen at the beginning of one, and backticks around names. Of what
    /// comes in, nothing is looked at.
    func blocks(in scope: Scope) -> [Block] {
        var blocks: [Block] = [], isOpen = false
        for line in lines(in: scope) {
            guard !line.isEmpty else {
                isOpen = false
                continue
            }
            let item = line.afterHyphen
            switch (blocks.last, item) {
            case (.list(let items)?, let item?): blocks[blocks.count - 1] = .list(items + [item])
            case (_, let item?): blocks.append(.list([item]))
            case (.list(let items)?, nil) where isOpen:
                blocks[blocks.count - 1] = .list(items.dropLast() + items.suffix(1).map { "\($0) \(line)" })
            case (.paragraph(let prose)?, nil) where isOpen: blocks[blocks.count - 1] = .paragraph("\(prose) \(line)")
            default: blocks.append(.paragraph(line))
            }
            isOpen = true
        }
        return blocks
    }

    /// The same in one go.
    func prose(in scope: Scope) -> Prose { blocks(in: scope).map(\.prose).joined(separator: " ") }

    private func lines(in scope: Scope) -> [Prose] {
        let backticks = parts.reduce(0) { count, part in if case .plain(let text) = part { count + text.count { $0 == "`" } } else { count } }
        var lines = [Prose()], isCode = false
        func add(_ text: String, to prose: inout Prose) {
            if isCode, case .code(let code)? = prose.parts.last { prose.parts[prose.parts.count - 1] = .code(code + text) } else {
                prose.parts.append(isCode ? .code(text) : .plain(text))
            }
        }
        for part in parts {
            switch part {
            case .reference(let reference): add(scope.value(of: reference)?.description ?? "‹\(reference)›", to: &lines[lines.count - 1])
            case .plain(let text):
                for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
                    if number > 0 { lines.append(Prose()) }
                    guard backticks.isMultiple(of: 2) else {
                        add(String(line), to: &lines[lines.count - 1])
                        continue
                    }
                    for (place, piece) in line.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
                        if place > 0 { isCode.toggle() }
                        if !piece.isEmpty { add(String(piece), to: &lines[lines.count - 1]) }
                    }
                }
            }
        }
        return lines.map { $0.text.isEmpty ? Prose() : $0.withoutIndentation }
    }
}

extension Prose {
    /// Of a list's item.
    fileprivate var afterHyphen: Prose? {
        guard case .plain(let text)? = parts.first, text.hasPrefix("- ") || text.hasPrefix("* ") else { return nil }
        return Prose(parts: [.plain(String(text.dropFirst(2)))] + parts.dropFirst())
    }

    fileprivate var withoutIndentation: Prose {
        guard case .plain(let text)? = parts.first else { return self }
        return Prose(parts: [.plain(String(text.drop { $0 == " " }))] + parts.dropFirst())
    }
}

extension Block {
    fileprivate var prose: Prose {
        switch self {
        case .paragraph(let prose): prose
        case .list(let items): items.joined(separator: "; ")
        default: Prose()
        }
    }
}
