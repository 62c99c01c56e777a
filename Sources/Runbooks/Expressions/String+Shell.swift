extension String {
    /// As a shell would take it back, for people to read and copy. Nothing here is ever run through a shell.
    package var quotedForShell: String {
        if wholeMatch(of: /[A-Za-z0-9_@%+=:,.\/-]+/) != nil { return self }
        guard !showsOtherwise else { return "$'" + unicodeScalars.map(\.withinAnsiQuotes).joined() + "'" }
        return "'" + withinSingleQuotes + "'"
    }

    var withinSingleQuotes: String { replacingScalars { $0 == "'" ? #"'\''"# : nil } }

    /// Scalar by scalar, as other programs read: a mark that is joined to something, as by an accent, is one all the same.
    func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
        String(unicodeScalars.reduce(into: UnicodeScalarView()) { text, scalar in
            if let other = replacement(scalar) { text += other.unicodeScalars } else { text.append(scalar) }
        })
    }

    /// Line breaks, and what moves the cursor, would not show as what they are.
    var showsOtherwise: Bool { unicodeScalars.contains { Value.isHarmful($0) || $0 == "\n" || $0 == "\t" } }
}

extension Unicode.Scalar {
    fileprivate var withinAnsiQuotes: String {
        switch self {
        case "\n": "\\n"
        case "\t": "\\t"
        case "\r": "\\r"
        case "'", "\\": "\\\(self)"
        case _ where Value.isHarmful(self): "\\u" + String(0x10000 + value, radix: 16).dropFirst()
        default: String(self)
        }
    }
}
