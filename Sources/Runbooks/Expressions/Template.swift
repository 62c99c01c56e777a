/// Text in which `${STEP.FIELD}` stands for a value.
///
/// What comes in is never looked at again: no value adds a reference, an argument or a line of its own.
public struct Template: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case plain(String)
        case reference(Reference)
    }

    public let text: String
    let parts: [Part]

    /// Throws where a `${` is not the beginning of a reference. `$${` is a plain `${`.
    public init(_ text: String) throws(ExpressionError) {
        self.text = text
        var characters = Characters(text)
        var parts: [Part] = []
        var plain = ""
        func close() {
            if !plain.isEmpty { parts.append(.plain(plain)) }
            plain = ""
        }
        while let next = characters.next {
            if characters.skip("$${") {
                plain += "${"
            } else if characters.next == "$", characters.second == "{" {
                close()
                parts.append(.reference(try Self.reference(in: &characters)))
            } else {
                plain.append(next)
                _ = characters.skip(String(next))
            }
        }
        close()
        self.parts = parts
    }

    /// Text that has no references, whatever it looks like.
    public init(literal: String) {
        text = literal
        parts = [.plain(literal)]
    }

    private static func reference(in characters: inout Characters) throws(ExpressionError) -> Reference {
        let column = characters.column
        _ = characters.skip("${")
        let (scope, name) = characters.reference()
        guard !scope.isEmpty, !name.isEmpty, characters.skip("}") else {
            let found = characters.next.map { "found '\($0)'" } ?? "found the end"
            throw ExpressionError(
                message: "'${' begins a reference: ${parameters.NAME} or ${STEP.FIELD} was expected, \(found) in column \(characters.column + 1); "
                    + "a plain '${' is written '$${'",
                column: column)
        }
        return Reference(scope: scope, name: name)
    }

    /// Each once, in order of appearance.
    public var references: [Reference] {
        parts.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }.eachOnce
    }

    /// The reference that it is, where it is nothing else.
    public var sole: Reference? {
        guard parts.count == 1, case .reference(let reference) = parts[0] else { return nil }
        return reference
    }

    /// For programs: numbers as 1500 and 0.5, lists joined by commas. `nil` where something in it is unknown.
    public func string(in values: some ReferenceValues) -> String? {
        var text = ""
        for part in parts {
            switch part {
            case .plain(let plain): text += plain
            case .reference(let reference):
                guard let value = values.value(of: reference) else { return nil }
                text += value.plain
            }
        }
        return text
    }

    /// For people, before anything is known or after: numbers as 1,500, and `‹plan.maxReplay›` for what is unknown.
    public func preview(in values: some ReferenceValues) -> String {
        parts.map { part in
            switch part {
            case .plain(let plain): plain
            case .reference(let reference): values.value(of: reference)?.description ?? "‹\(reference)›"
            }
        }.joined()
    }

    /// What it becomes in a list of arguments: as many items as a list has where it is nothing but a reference to that, else one.
    /// `nil` where something in it is unknown.
    public func items(in values: some ReferenceValues) -> [String]? {
        if let sole, case .list(let items) = values.value(of: sole) { return items }
        return string(in: values).map { [$0] }
    }
}
