extension Template {
    /// A command line that somebody copies: what comes in is quoted for the place where it stands, so that a shell takes it for data.
    func shellPreview(in values: some ReferenceValues) -> String {
        var text = "", place = ShellPlace()
        for part in parts {
            switch part {
            case .plain(let plain):
                place.read(plain, after: text.last)
                text += plain
            case .reference(let reference): text += place.quoted(values.value(of: reference)?.plain ?? "‹\(reference)›")
            }
        }
        return text
    }
}

/// Whether a place in a command line is within quotes. Each line is looked at by itself: what surrounds it may be prose.
private struct ShellPlace {
    private var quote: Character?

    mutating func read(_ text: String, after last: Character?) {
        var previous = last, isEscaped = false
        for character in text {
            defer { previous = character }
            if character.isNewline {
                (quote, isEscaped) = (nil, false)
            } else if isEscaped {
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" && previous?.isLetter != true {
                // An apostrophe is none.
                quote = character
            }
        }
    }

    func quoted(_ value: String) -> String {
        guard let quote else { return value.quotedForShell }
        // An interactive shell looks for a ! in "" too.
        if value.showsOtherwise || quote == "\"" && value.unicodeScalars.contains("!") { return "\(quote)\(value.quotedForShell)\(quote)" }
        return quote == "'" ? value.withinSingleQuotes
            : value.replacingScalars { #"\"$`"#.unicodeScalars.contains($0) ? "\\\($0)" : nil }
    }
}

extension [String] {
    /// For a shell, to be copied; what is long goes on in the next line.
    var commandLine: String {
        var lines: [String] = [], line = ""
        for word in map(\.quotedForShell) {
            if !line.isEmpty, line.count + 1 + word.count > 90 {
                lines.append(line)
                line = "  " + word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return (lines + [line]).joined(separator: " \\\n")
    }
}
