public import Foundation
internal import OffsetTranslate

/// The format as JSON Schema, for editors: made of the same tables as the reader, and as strict. What only a whole file tells (names that are
/// referred to, types of expressions, approvals) is the reader's alone.
public enum RunbookSchema {
    /// Of `runbooks/runbook.schema.json`: draft 2020-12.
    public static func json() throws -> Data { try JSONEncoder.sorted(.prettyPrinted).encode(schema) + Data("\n".utf8) }

    static let schema: SchemaValue = root.with([
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A runbook of failover", "description": "docs/runbooks.md describes it.",
        "$defs": .object(definitions),
    ])

    private static let root = SchemaValue.fields(
        [
            "format-version": ["const": 1],
            "title": .text.described("A few words."),
            "purpose": .text.described("What it is for."),
            "owner": .text.described("Who answers for it."),
            "use-when": .texts.described("When it is the right one."),
            "not-when": .texts.described("When it is not."),
            "needs": .texts.described("What has to be at hand, principals and their rights first."),
            "parameters": [
                "type": "object", "propertyNames": ["pattern": "^[A-Za-z][A-Za-z0-9_-]*$"], "additionalProperties": .reference("parameter"),
                "description": "What it is given before it begins; referred to as parameters.NAME.",
            ],
            "clusters": .reference("clusters").described("Which clusters the steps work on."),
            "recovery": .reference("recovery").described("What its report counts as recovery."),
            "steps": ["type": "array", "minItems": 1, "items": .reference("step"), "description": "In order."],
        ], required: ["format-version", "title", "purpose", "owner", "use-when", "steps"])

    private static let definitions: [String: SchemaValue] = [
        "text": ["type": ["string", "number", "boolean"]],
        "list": .any([.texts, .reference("reference")]),
        "reference": ["type": "string", "pattern": #"^\$\{[A-Za-z][A-Za-z0-9_-]*\.[A-Za-z][A-Za-z0-9_-]*\}$"#],
        "duration": ["type": "string", "pattern": "^0*[1-9][0-9]* *(ms|s|min|h)$"],
        "expression": .text,
        "settings": ["type": "object", "propertyNames": ["pattern": #"^[^=\r\n]+$"#], "additionalProperties": .text],
        "parameter": parameter, "clusters": clusters, "recovery": recovery, "step": step, "compensation": compensation,
    ].merging(actions.map { (definition(of: $0), $1) }) { $1 }

    /// By the keys of the steps that they are of.
    static let actions = Dictionary(uniqueKeysWithValues: FieldReader.kinds.map { ($0, action($0)) })

    static func definition(of kind: String) -> String { "do-\(kind)" }

    // MARK: Parameters

    private static let parameter = SchemaValue.fields(
        [
            "type": .choice(Parameter.Kind.self), "description": .text, "default": ["description": "Without it, a value has to be given."],
            "choices": .texts, "minimum": .integer(widest), "maximum": .integer(widest), "multiline": .flag.described("It may have several lines."),
            "pattern": .text.described("A regular expression that the whole of it matches."),
        ], required: ["type", "description"]
    ).with([
        "dependentSchemas": .object(Dictionary(uniqueKeysWithValues: own.map { ($0, ["properties": ["type": ["const": .text($1.rawValue)]]]) })),
        "allOf": .list([["if": .whereKey("type", is: .text(Parameter.Kind.choice.rawValue)), "then": .has("choices")]] + Parameter.Kind.allCases.map { kind in
            ["if": .whereKey("type", is: .text(kind.rawValue)), "then": ["properties": ["default": preset(kind)]]]
        }),
    ])

    private static let widest = -(1 << 53)...(1 << 53)
    /// Keys that only one type has.
    private static let own: [(String, Parameter.Kind)] = [
        ("choices", .choice), ("minimum", .integer), ("maximum", .integer), ("multiline", .text), ("pattern", .text),
    ]

    private static func preset(_ kind: Parameter.Kind) -> SchemaValue {
        switch kind {
        case .text: .any([.text, ["type": "null"]])
        case .file, .choice: .text
        case .integer: .integer(widest)
        case .boolean: .flag
        case .list, .command: .texts
        case .secret: .any([["type": "null"], ["type": "string", "pattern": #"^(\$\{(env|file):[\s\S]+\})?$"#]])
        }
    }

    // MARK: Clusters and recovery

    private static let clusters = SchemaValue.fields([
        "config": .any([.text, .texts]).described("The mirror's configuration, a file or a list of them."),
        "source": .text.described("Addresses."), "target": .text.described("Addresses."),
        "source-alias": .text, "target-alias": .text, "policy": .text.described("The replication policy."), "flow": .text.described("As in A->B."),
        "set": .list.described("Settings, key=value."), "timeout": .duration, "source-lost": .expression.described("The source is not asked."),
    ]).with(["if": .has("config"), "then": .not(.has("source", "target")), "else": .has("source", "target")])

    private static let recovery = SchemaValue.fields(
        [
            "from": .text.described("A step, from whose beginning it counts; without it, since the run began."),
            "to": .text.described("A step, to whose end it counts."),
            "target": .duration.described("How long it may take."), "lost": .expression.described("How many records were lost."),
            "lost-target": .integer(0...1 << 53).described("How many may be."),
        ], required: ["to"])
}
