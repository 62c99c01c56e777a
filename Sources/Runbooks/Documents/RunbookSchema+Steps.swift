internal import Cutover

extension RunbookSchema {
    static let step = SchemaValue.fields(
        kinds(FieldReader.kinds).merging([
            "id": ["type": "string", "pattern": "^[a-z][a-z0-9-]*$", "not": .oneOf(FieldReader.reserved)],
            "title": .text.described("A few words."),
            "description": .text.described("What is done, or has to be."),
            "why": .text.described("What it protects against."),
            "by-hand": .text.described("The same with Kafka's own tools."),
            "when": .expression.described("Where it is false, the step is skipped."),
            "timeout": .duration.described("After which the step has failed."),
            "target": .duration.described("How long it ought to take."),
            "retry": SchemaValue.fields(["times": .integer(1...1000), "every": .duration], required: ["times", "every"])
                .described("Only for steps that can be repeated."),
            "on-failure": .choice(Step.OnFailure.self).described("What happens where it fails; stop without it."),
            "compensation": .reference("compensation").described("What undoes it."),
        ]) { a, _ in a }, required: ["id", "title"]
    ).with([
        "oneOf": one(of: FieldReader.kinds),
        "dependentRequired": ["wait": ["timeout"]],
        "dependentSchemas": ["retry": repeatable],
    ])

    static let compensation = SchemaValue.fields(
        kinds(FieldReader.kinds).merging([
            "title": .text, "on-failure": .oneOf(["stop", "continue", "ask"]).described("Where it fails: stop (without it), or undo the rest all the same."),
        ]) { $1 }, required: ["title"]
    ).with(["oneOf": one(of: FieldReader.kinds)])

    /// What comes out otherwise the next time, and does no harm twice.
    private static let repeatable: SchemaValue = [
        "not": .any(["manual", "approve", "note", "gate", "apply"].map { .has($0) }),
        "properties": ["command": .any([.whereKey("repeatable", is: true), .whereKey("read-only", is: true)])],
    ]

    private static func kinds(_ kinds: [String]) -> [String: SchemaValue] {
        Dictionary(uniqueKeysWithValues: kinds.map { ($0, .reference(definition(of: $0))) })
    }

    /// Exactly one.
    private static func one(of kinds: [String]) -> SchemaValue { .list(kinds.map { .has($0) }) }

    static func action(_ kind: String) -> SchemaValue {
        if let operation = OperationKind(rawValue: kind) { return self.operation(operation) }
        return switch kind {
        case "note": SchemaValue.text.described("Says something.")
        case "manual": manual
        case "approve":
            SchemaValue.fields([
                "question": .text, "by": .list.described("Who may; anybody without it."),
                "four-eyes": .flag.described("Not who runs it, nor who has approved in it before."),
            ], required: ["question"]).described("Somebody agrees, by name.")
        case "command": command
        case "http":
            SchemaValue.fields([
                "url": .text, "method": .choice(Action.HTTPCheck.Method.self), "headers": .secretTexts, "accept": .integers(100...599),
                "contains": .text.described("What the answer holds."),
            ], required: ["url"]).described("Asks a server.")
        case "wait": wait
        case "gate":
            SchemaValue.fields(["require": .expression, "message": .text.described("Where it does not hold.")], required: ["require"])
                .described("Goes on only where something holds.")
        default: mirror
        }
    }

    private static let manual = SchemaValue.fields(
        ["question": .text, "answer": .choice(Action.Manual.Answer.self), "choices": .texts], required: ["question"]
    ).with([
        "dependentSchemas": ["choices": .whereKey("answer", is: "choice")],
        "if": .whereKey("answer", is: "choice"), "then": .has("choices"),
    ]).described("Somebody does what the description says, and answers.")

    private static let command = SchemaValue.fields(
        [
            "run": SchemaValue.list.with(["minItems": 1]).described("The program first; never through a shell."), "environment": .secretTexts,
            "question": .text.described("Where run is empty, people do it, and answer this."), "input": .text.described("What it is given on stdin."), "accept": .integers(0...255).described("Exit statuses; 0 without it."),
            "repeatable": .flag.described("It may be run again after an interruption."), "read-only": .flag.described("A dry run runs it too."),
        ], required: ["run"]
    ).described("Runs a program.")

    private static let mirror = SchemaValue.fields(
        [
            "do": .choice(FieldReader.MirrorVerb.self), "command": .list.described("Where empty, people do it."),
            "watch": .duration.described("For how long its heartbeats are watched; 15 s without it."), "flow": .text,
        ], required: ["do"]
    ).described("The mirror is stopped or started, and watched.")

    private static let wait = SchemaValue.fields(
        kinds(looks).merging([
            "until": .expression.described("About this, what a look has found."), "every": .duration,
            "command": ["allOf": [.reference(definition(of: "command")), .whereKey("read-only", is: true)]],
        ]) { $1 }, required: ["until", "every"]
    ).with(["oneOf": one(of: looks)]).described("Looks again and again until something holds.")

    /// Kinds that a wait can look by.
    static let looks = ["command", "http"] + OperationKind.allCases.filter { !$0.changes }.map(\.rawValue)

    // MARK: Operations

    private static func operation(_ kind: OperationKind) -> SchemaValue {
        let options = Dictionary(uniqueKeysWithValues: kind.options.map { ($0.name, option($0, of: kind)) })
        let required = kind.options.filter { $0.shape == .name || $0.shape == .step }.map(\.name)
        let accept: SchemaValue = .integers(0...255).described("Exit statuses that are no failure; 0 without it.")
        return SchemaValue.fields(options.merging(["accept": accept]) { $1 }, required: required)
            .described("failover \(kind.words.joined(separator: " "))")
    }

    private static func option(_ option: OperationOption, of kind: OperationKind) -> SchemaValue {
        switch option.shape {
        case .flag: .expression.described("--\(option.option), where it is true.")
        case .value: .text.described("--\(option.option); left out where empty.")
        case .values: .list.described("--\(option.option), each.")
        case .checks: checks
        case .names: .list.described("Names; all without it.")
        case .name: .text.described("A name.")
        case .step: .text.described(kind == .apply ? "An earlier step of kind plan or failback." : "An earlier step of kind apply.")
        }
    }

    /// Names that a reference brings are looked at when it runs.
    private static let checks = SchemaValue.any([
        ["type": "array", "items": .any([.choice(Check.Kind.self), ["type": "string", "pattern": #"\$\{"#]])],
        .reference("reference"),
    ]).described("Checks that may fail, each by the flag that accepts its hazard alone.")
}
