internal import OffsetTranslate

extension Value: CustomStringConvertible {
    /// For people: numbers with separators, and of what a step has found nothing that moves the cursor or turns the text around.
    public var description: String {
        if self == .list([]) { return "none" }
        guard case .number(let number) = self else { return Self.harmless(plain) }
        let parts = Self.decimal(number).split(separator: ".")
        // Whole numbers alone have separators. The sign is apart: there is -0.5.
        guard let whole = parts.first, let magnitude = UInt64(whole.drop { $0 == "-" }) else { return plain }
        return (whole.hasPrefix("-") ? "-" : "") + ([magnitude.grouped] + parts.dropFirst().map(String.init)).joined(separator: ".")
    }

    /// For programs: numbers without separators or needless decimals, lists joined by commas.
    var plain: String {
        switch self {
        case .number(let value): Self.decimal(value)
        case .text(let value): value
        case .boolean(let value): String(value)
        case .list(let values): values.joined(separator: ", ")
        }
    }

    /// For evidence, on one line: texts and lists in quotes, and cut where they are long.
    var cited: String {
        switch self {
        case .number, .boolean: return description
        case .text(let value):
            let cut = value.prefix(Self.citedCharacters)
            return Self.harmless(String(cut).debugDescription) + (cut.endIndex == value.endIndex ? "" : "…")
        case .list(let values):
            let items = values.prefix(Self.citedItems).map { Value.text($0).cited }
            let more = values.count - items.count
            return "[\((items + (more > 0 ? ["\(more.grouped) more"] : [])).joined(separator: ", "))]"
        }
    }

    private static let citedCharacters = 80
    private static let citedItems = 10

    private static func decimal(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        let text = "\(value.magnitude)".split(separator: "e")
        // Swift writes 0.00005 as 5e-05.
        guard text.count == 2, let exponent = Int(text[1]), exponent < 0 else { return "\(value)" }
        return (value < 0 ? "-0." : "0.") + String(repeating: "0", count: -exponent - 1) + text[0].filter { $0 != "." }
    }

    /// What a program printed might otherwise rewrite the question that it is shown in.
    static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        return text.reduce(into: "") { harmless, character in
            guard character != "\r\n" else { return harmless.append(character) }
            for scalar in character.unicodeScalars {
                if isHarmful(scalar) { harmless += "\\u{\(String(scalar.value, radix: 16))}" } else { harmless.unicodeScalars.append(scalar) }
            }
        }
    }

    /// What is wrong with a text may quote it: harmless, and of a length to be read.
    static func message(_ text: String) -> String {
        let kept = text.unicodeScalars.prefix(1_000)
        return harmless(String(kept)) + (kept.endIndex == text.unicodeScalars.endIndex ? "" : "…")
    }

    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\t": false
        // They turn the direction of what follows.
        case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": true
        default: scalar.properties.generalCategory == .control
        }
    }
}
