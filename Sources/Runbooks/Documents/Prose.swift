/// Some words for people, before it is known how they are going to look.
///
/// Literals and values alike are data: what marks them up is a renderer's, and no value brings marks of its own.
struct Prose: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case plain(String)
        case strong(String)
        /// Names, expressions, what a program is given.
        case code(String)
        /// An outcome.
        case badge(String, Tone)
    }

    enum Tone: String, Sendable { case good, notice, problem, quiet }

    var parts: [Part] = []

    var isEmpty: Bool {
        parts.allSatisfy { part in
            switch part {
            case .plain(let text), .strong(let text): text.isEmpty
            case .code, .badge: false
            }
        }
    }

    static func code(_ text: String) -> Self { Self(parts: [.code(text)]) }
    static func badge(_ text: String, _ tone: Tone) -> Self { Self(parts: [.badge(text, tone)]) }
    static func + (left: Self, right: Self) -> Self { Self(parts: left.parts + right.parts) }
}

extension Prose: ExpressibleByStringInterpolation {
    init(stringLiteral value: String) { parts = [.plain(value)] }
    init(_ text: String) { self.init(stringLiteral: text) }
    init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []
        init(literalCapacity: Int, interpolationCount: Int) {}
        mutating func appendLiteral(_ literal: String) { parts.append(.plain(literal)) }
        mutating func appendInterpolation(_ text: String) { parts.append(.plain(text)) }
        mutating func appendInterpolation(_ prose: Prose) { parts += prose.parts }
        mutating func appendInterpolation(code text: String) { parts.append(.code(text)) }
        mutating func appendInterpolation(strong text: String) { parts.append(.strong(text)) }
    }
}

extension [Prose] {
    func joined(separator: Prose) -> Prose {
        enumerated().reduce(into: Prose()) { joined, item in joined.parts += (item.offset == 0 ? [] : separator.parts) + item.element.parts }
    }
}

/// A part of a document that stands by itself.
enum Block: Sendable, Hashable {
    /// Of level 1 to 3; below a step's, of level 3, what follows belongs to it.
    case heading(Int, Prose)
    case paragraph(Prose)
    case list([Prose])
    /// Kept as it is, line by line.
    case code(String)
    case facts([Fact])
    case table([String], [[Prose]])
    /// Not to be missed.
    case banner(Prose, Prose.Tone)

    struct Fact: Sendable, Hashable {
        var name: String
        var value: Prose
        init(_ name: String, _ value: Prose) { (self.name, self.value) = (name, value) }
    }
}

extension String {
    /// On one line; nothing in it moves a cursor or turns text around.
    var onOneLine: String {
        let text = Value.harmless(self)
        guard text.contains(where: \.isNewline) else { return text }
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: " ⏎ ")
    }
}
