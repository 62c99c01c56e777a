import Foundation

/// What is known of the terminal that a person looks at.
enum Terminal {
    /// How many columns it has; `nil` where stdout is none. COLUMNS overrules what it says of itself.
    static var width: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        if let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init), columns > 0 { return columns }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    static var isColoured: Bool { isColoured(STDOUT_FILENO) }

    /// Colour only where a person looks, and never against NO_COLOR (no-color.org).
    static func isColoured(_ descriptor: Int32) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        return isatty(descriptor) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}

extension String {
    /// With what a terminal would obey instead of show spelled out, such as \n and \u{1B}: names come from others.
    var withoutControls: String {
        guard unicodeScalars.contains(where: \.isObeyed) else { return self }
        return unicodeScalars.reduce(into: "") { $0 += $1.isObeyed ? $1.spelledOut : String($1) }
    }

    /// The same for text of several lines, some of them styled by us.
    var withoutForeignControls: String {
        guard unicodeScalars.contains(where: { $0.isObeyed && $0 != "\n" }) else { return self }
        var text = "", rest = unicodeScalars[...]
        while let scalar = rest.first {
            if let ours = Console.Style.sequences.first(where: { rest.starts(with: $0.unicodeScalars) }) {
                text += ours
                rest = rest.dropFirst(ours.unicodeScalars.count)
            } else {
                text += scalar.isObeyed && scalar != "\n" ? scalar.spelledOut : String(scalar)
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// At most so many characters, with "…" for those in the middle that go.
    func shortened(to width: Int) -> String {
        let count = count
        guard count > width, width > 0 else { return self }
        return prefix(width / 2) + "…" + suffix(width - 1 - width / 2)
    }
}

extension Unicode.Scalar {
    /// A control character, a break of lines, or a mark that changes the direction of writing.
    fileprivate var isObeyed: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl
        }
    }

    fileprivate var spelledOut: String {
        switch self {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(value, radix: 16, uppercase: true))}"
        }
    }
}
