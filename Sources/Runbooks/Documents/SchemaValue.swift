/// JSON, as it is written.
indirect enum SchemaValue: Encodable, Sendable, Hashable {
    case text(String)
    case number(Int)
    case boolean(Bool)
    case list([SchemaValue])
    case object([String: SchemaValue])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }

    /// The same with more members.
    func with(_ more: [String: SchemaValue]) -> SchemaValue {
        guard case .object(let members) = self else { return self }
        return .object(members.merging(more) { $1 })
    }

    /// For whoever writes it in an editor.
    func described(_ text: String) -> SchemaValue { with(["description": .text(text)]) }
}

extension SchemaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(arrayLiteral elements: SchemaValue...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, SchemaValue)...) { self = .object(Dictionary(elements) { $1 }) }
}

// MARK: What the reader takes

extension SchemaValue {
    static func reference(_ name: String) -> SchemaValue { ["$ref": .text("#/$defs/\(name)")] }
    /// Any scalar: YAML takes some texts for numbers, or for true and false.
    static let text: SchemaValue = reference("text")
    static let texts: SchemaValue = ["type": "array", "items": text]
    /// A list, or a reference to one.
    static let list: SchemaValue = reference("list")
    static let duration: SchemaValue = reference("duration")
    static let expression: SchemaValue = reference("expression")
    static let action: SchemaValue = reference("action")
    static let flag: SchemaValue = ["type": "boolean"]
    static let secretTexts: SchemaValue = reference("settings")

    static func integer(_ range: ClosedRange<Int>) -> SchemaValue {
        ["type": "integer", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    }
    static func integers(_ range: ClosedRange<Int>) -> SchemaValue { ["type": "array", "items": integer(range)] }
    static func oneOf(_ values: [String]) -> SchemaValue { ["enum": .list(values.map { .text($0) })] }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) -> SchemaValue { oneOf(Choice.allCases.map(\.rawValue)) }

    /// A mapping with these keys, and no others.
    static func fields(_ properties: [String: SchemaValue], required: [String] = []) -> SchemaValue {
        let fields: SchemaValue = ["type": "object", "additionalProperties": false, "properties": .object(properties)]
        return required.isEmpty ? fields : fields.with(["required": .list(required.sorted().map { .text($0) })])
    }

    static func has(_ names: String...) -> SchemaValue { ["required": .list(names.map { .text($0) })] }
    /// With one of several.
    static func any(_ some: [SchemaValue]) -> SchemaValue { ["anyOf": .list(some)] }
    static func not(_ schema: SchemaValue) -> SchemaValue { ["not": schema] }
    static func whereKey(_ name: String, is value: SchemaValue) -> SchemaValue { ["required": [.text(name)], "properties": .object([name: ["const": value]])] }
}
