internal import Cutover
internal import OffsetTranslate
internal import Yams

extension FieldReader {
    /// Steps in order: each sees what those before it find.
    mutating func steps(_ node: YAMLNode?) -> [Step] {
        let nodes = list(node, "steps")
        if let node, nodes.isEmpty { note("a runbook has at least one step", at: node.place) }
        let ids = nodes.compactMap { node in node.mapping?["id"]?.scalar?.string }
        names.later = Set(ids)
        var steps: [Step] = [], seen: Set<String> = []
        for (index, node) in nodes.enumerated() {
            if let id = node.mapping?["id"], let text = id.scalar?.string, !seen.insert(text).inserted { note("there are two steps '\(text)'", at: id.place) }
            guard let step = step(node, number: index + 1, after: steps) else { continue }
            names.steps[step.id] = step.action.found
            names.later.remove(step.id)
            steps.append(step)
        }
        return steps
    }

    private mutating func step(_ node: YAMLNode, number: Int, after steps: [Step]) -> Step? {
        let id = node.mapping?["id"]?.scalar?.string
        let owner = id.map { "step '\($0)'" } ?? "step \(number)"
        guard var fields = fields(node, of: owner) else { return nil }
        if let node = required(&fields, "id"), let id = text(node, "id") {
            if id.wholeMatch(of: /[a-z][a-z0-9-]*/) == nil { note("'\(id)' is no step's id: lower-case letters, digits and hyphens, a letter first", at: node.place) }
            if Self.reserved.contains(id) { note("'\(id)' has a meaning of its own: give the step another id", at: node.place) }
        }
        let title = text(required(&fields, "title"), "title")
        let description = template(fields.take("description"), "description"), why = template(fields.take("why"), "why")
        let byHand = template(fields.take("by-hand"), "by-hand"), when = expression(fields.take("when"), "when", .boolean)
        let timeout = duration(fields.take("timeout"), "timeout"), target = duration(fields.take("target"), "target")
        let retryNode = fields.take("retry"), retry = retryNode.flatMap { self.retry($0, owner) }
        let onFailureNode = fields.take("on-failure"), onFailure = choice(onFailureNode, "on-failure", Step.OnFailure.self) ?? .stop
        let compensationNode = fields.take("compensation")
        let action = action(&fields, owner, after: steps, isCompensation: false)
        end(fields)
        guard let action else {
            if let id { names.unread.insert(id) }
            // What is wrong with it is said all the same.
            _ = compensationNode.flatMap { compensation($0, owner, after: steps) }
            return nil
        }
        var step = Step(id: id ?? "", title: title ?? "", action: action, line: node.place.line)
        (step.description, step.why, step.byHand, step.when, step.timeout, step.target) = (description, why, byHand, when, timeout, target)
        (step.retry, step.onFailure) = (retry, onFailure)
        check(step, fields, retryNode)
        if case .approve = action, let onFailureNode, onFailure == .continue || onFailure == .ask {
            note("'on-failure: \(onFailure.rawValue)' does not go with 'approve': without an approval nothing goes on", at: onFailureNode.place)
        }
        // It may refer to what it undoes.
        let before = names
        names.steps[step.id] = action.found
        step.compensation = compensationNode.flatMap { compensation($0, owner, after: steps + [step]) }
        names = before
        return step
    }

    /// No step's ids.
    static let reserved = ["parameters", "this", "and", "or", "not", "in", "is", "known", "unknown", "true", "false"]

    private mutating func check(_ step: Step, _ fields: Fields, _ retry: YAMLNode?) {
        switch step.action {
        case .wait where step.timeout == nil: note("\(fields.owner) waits, and lacks a 'timeout'", at: fields.place)
        case .command(let command) where !command.isRepeatable && !command.isReadOnly:
            if let retry { note("'retry' goes with a command that is 'repeatable' or 'read-only'", at: retry.place) }
        case .operation(let operation) where operation.kind == .apply:
            if let retry { note("'retry' does not go with 'apply': 'resume' takes a cutover up where it stands", at: retry.place) }
        case .manual, .approve, .note, .gate:
            if let retry { note("'retry' goes with steps that may come out otherwise the next time: not with '\(step.action.kind)'", at: retry.place) }
        default: break
        }
    }

    private mutating func retry(_ node: YAMLNode, _ owner: String) -> Step.Retry? {
        guard var fields = fields(node, of: "'retry' of \(owner)") else { return nil }
        let times = integer(required(&fields, "times"), "times", in: 1...1000), every = duration(required(&fields, "every"), "every")
        end(fields)
        guard let times, let every else { return nil }
        return Step.Retry(times: times, every: every)
    }

    private mutating func compensation(_ node: YAMLNode, _ owner: String, after steps: [Step]) -> Step.Compensation? {
        guard var fields = fields(node, of: "'compensation' of \(owner)") else { return nil }
        let title = text(required(&fields, "title"), "title")
        let onFailureNode = fields.take("on-failure"), onFailure = choice(onFailureNode, "on-failure", Step.OnFailure.self) ?? .stop
        if let onFailureNode, onFailure == .rollback { note("'compensation' of \(owner) is the way back already: its 'on-failure' is stop, continue or ask", at: onFailureNode.place) }
        let action = action(&fields, "'compensation' of \(owner)", after: steps, isCompensation: true)
        end(fields)
        guard let action else { return nil }
        if case .operation(let operation) = action, operation.kind == .apply {
            note("'compensation' of \(owner) moves groups, and is agreed to by nobody: 'apply' is a step of its own, and 'rollback' undoes it", at: fields.place)
        }
        return Step.Compensation(title: title ?? "", action: action, onFailure: onFailure)
    }

    // MARK: Kinds

    static let kinds = ["note", "manual", "approve", "command", "http", "wait", "gate", "mirror"] + OperationKind.allCases.map(\.rawValue)

    /// The one key that says what is done.
    mutating func action(_ fields: inout Fields, _ owner: String, after steps: [Step], isCompensation: Bool) -> Action? {
        let present = fields.names.filter(Self.kinds.contains)
        var found: (kind: String, node: YAMLNode)?
        for kind in Self.kinds {
            if let node = fields.take(kind), found == nil { found = (kind, node) }
        }
        guard let found else {
            note("\(owner) says nothing of what is to be done: it lacks one of \(Self.kinds.joined(separator: ", "))", at: fields.place)
            return nil
        }
        if present.count > 1 { note("\(owner) is \(present.joined(separator: " and ")), and has to be one of them", at: fields.place(of: present[1])) }
        return action(found.kind, found.node, owner, after: steps, isCompensation: isCompensation)
    }

    private mutating func action(_ kind: String, _ node: YAMLNode, _ owner: String, after steps: [Step], isCompensation: Bool) -> Action? {
        if kind == "note" { return template(node, kind).map { .note($0) } }
        if let kind = OperationKind(rawValue: kind) { return operation(kind, node, owner, after: steps, isCompensation: isCompensation).map { .operation($0) } }
        guard var fields = fields(node, of: "'\(kind)' of \(owner)") else { return nil }
        let action: Action? = switch kind {
        case "manual": manual(&fields)
        case "approve": approve(&fields)
        case "command": command(&fields)
        case "http": http(&fields)
        case "wait": wait(&fields, owner, after: steps)
        case "gate": gate(&fields)
        default: mirror(&fields)
        }
        end(fields)
        return action
    }

    private mutating func manual(_ fields: inout Fields) -> Action? {
        let question = template(required(&fields, "question"), "question")
        let answer = choice(fields.take("answer"), "answer", Action.Manual.Answer.self) ?? .confirm
        let choices = answer == .choice ? texts(required(&fields, "choices"), "choices") : []
        return question.map { .manual(Action.Manual(question: $0, answer: answer, choices: choices)) }
    }

    private mutating func approve(_ fields: inout Fields) -> Action? {
        let question = template(required(&fields, "question"), "question"), by = templates(fields.take("by"), "by")
        let needsFourEyes = boolean(fields.take("four-eyes"), "four-eyes")
        return question.map { .approve(Action.Approve(question: $0, by: by, needsFourEyes: needsFourEyes)) }
    }

    private mutating func command(_ fields: inout Fields) -> Action? {
        let node = required(&fields, "run"), run = templates(node, "run")
        var command = Action.Command(run: run)
        command.question = template(fields.take("question"), "question")
        if let node, run.isEmpty { note("'run' is a program and its arguments", at: node.place) }
        command.environment = secretTemplates(fields.take("environment"), "environment")
        command.input = template(fields.take("input"), "input")
        command.accept = integers(fields.take("accept"), "accept", in: 0...255, or: [0])
        command.isRepeatable = boolean(fields.take("repeatable"), "repeatable")
        command.isReadOnly = boolean(fields.take("read-only"), "read-only")
        return .command(command)
    }

    private mutating func http(_ fields: inout Fields) -> Action? {
        let url = template(required(&fields, "url"), "url")
        let method = choice(fields.take("method"), "method", Action.HTTPCheck.Method.self) ?? .get
        let headers = secretTemplates(fields.take("headers"), "headers")
        let accept = integers(fields.take("accept"), "accept", in: 100...599, or: [200]), contains = template(fields.take("contains"), "contains")
        return url.map { .http(Action.HTTPCheck(url: $0, method: method, headers: headers, accept: accept, contains: contains)) }
    }

    /// Where secrets may stand.
    private mutating func secretTemplates(_ node: YAMLNode?, _ what: String) -> [String: Template] {
        guard let node else { return [:] }
        guard case .mapping(let mapping) = node else {
            note("'\(what)' is a mapping of names and texts, not \(node.shape)", at: node.place)
            return [:]
        }
        names.allowsSecrets = true
        defer { names.allowsSecrets = false }
        return Dictionary(mapping.compactMap { key, value in
            let name = key.scalar?.string ?? ""
            if name.isEmpty || name.contains("=") || name.contains(where: \.isNewline) { note("'\(what)' can't have a name such as '\(name)'", at: key.place) }
            return template(value, what).map { (name, $0) }
        }) { a, _ in a }
    }

    private mutating func wait(_ fields: inout Fields, _ owner: String, after steps: [Step]) -> Action? {
        let until = required(&fields, "until"), every = duration(required(&fields, "every"), "every")
        guard let look = action(&fields, "'wait' of \(owner)", after: steps, isCompensation: false) else { return nil }
        let looks = switch look {
        case .note, .manual, .approve, .gate, .wait, .mirror: false
        default: look.isReadOnly
        }
        if !looks { note("'wait' of \(owner) looks again and again, and '\(look.kind)' is not a look that changes nothing", at: fields.place(of: look.kind)) }
        names.steps["this"] = look.found
        defer { names.steps["this"] = nil }
        guard let until = expression(until, "until", .boolean), let every else { return nil }
        return .wait(Action.Wait(until: until, every: every, look: look))
    }

    private mutating func gate(_ fields: inout Fields) -> Action? {
        let require = expression(required(&fields, "require"), "require", .boolean), message = template(fields.take("message"), "message")
        return require.map { .gate(Action.Gate(require: $0, message: message)) }
    }

    enum MirrorVerb: String, CaseIterable { case stop, start }

    private mutating func mirror(_ fields: inout Fields) -> Action? {
        let verb = choice(required(&fields, "do"), "do", MirrorVerb.self), command = templates(fields.take("command"), "command")
        let watch = duration(fields.take("watch"), "watch") ?? .seconds(15), flow = template(fields.take("flow"), "flow")
        return verb.map { .mirror(Action.MirrorChange(isStart: $0 == .start, command: command, watch: watch, flow: flow)) }
    }

    // MARK: Operations

    private mutating func operation(_ kind: OperationKind, _ node: YAMLNode, _ owner: String, after steps: [Step], isCompensation: Bool) -> Operation? {
        guard var fields = fields(node, of: "'\(kind.rawValue)' of \(owner)") else { return nil }
        var operation = Operation(kind: kind, given: [:])
        operation.accept = integers(fields.take("accept"), "accept", in: 0...255, or: [0])
        for option in kind.options {
            let node = option.shape == .name || option.shape == .step ? required(&fields, option.name) : fields.take(option.name)
            guard let node else { continue }
            operation.given[option.name] = switch option.shape {
            case .flag: expression(node, option.name, .boolean).map { .flag($0) }
            case .value, .name: template(node, option.name).map { .texts([$0]) }
            case .values, .names: .texts(templates(node, option.name))
            case .checks: .texts(checks(node, option.name))
            case .step: step(node, option, of: kind, steps).map { .step($0) }
            }
        }
        end(fields)
        if kind.needsApproval, !isCompensation, !isApproved(operation, by: steps) {
            let about = operation.step(kind == .apply ? "plan" : "run").map { " after '\($0)'" } ?? ""
            note("\(owner) changes positions, and nobody has agreed: an 'approve' step without 'when' has to come before it\(about)", at: fields.place)
        }
        return operation
    }

    /// Names that are written here are looked at here; those of a parameter when it runs.
    private mutating func checks(_ node: YAMLNode, _ what: String) -> [Template] {
        for item in node.sequence ?? [] {
            guard let name = item.scalar?.string, !name.contains("${"), Check.Kind(rawValue: name) == nil else { continue }
            let known = Check.Kind.allCases.map(\.rawValue)
            note("'\(what)' has no check '\(name)'.\(NameSuggestion.question(for: name, among: known)) There are \(known.joined(separator: ", "))", at: item.place)
        }
        return templates(node, what)
    }

    /// Somebody has agreed after it was known what to.
    private func isApproved(_ operation: Operation, by steps: [Step]) -> Bool {
        let subject = operation.step("plan") ?? operation.step("run")
        return steps.drop { $0.id != subject }.contains { if case .approve = $0.action { $0.when == nil } else { false } }
    }

    private mutating func step(_ node: YAMLNode, _ option: OperationOption, of kind: OperationKind, _ steps: [Step]) -> String? {
        guard let id = text(node, option.name) else { return nil }
        let fitting = steps.filter { step in
            guard case .operation(let operation) = step.action else { return false }
            return kind == .apply ? operation.kind.makesPlan : operation.kind == .apply
        }.map(\.id)
        guard fitting.contains(id) else {
            let wanted = kind == .apply ? "'plan' or 'failback'" : "'apply'"
            note("'\(option.name)' names a step of kind \(wanted) before this, and '\(id)' is none.\(NameSuggestion.question(for: id, among: fitting))", at: node.place)
            return nil
        }
        return id
    }
}

extension Step {
    /// It, or what undoes it, works on the clusters.
    var needsClusters: Bool { action.needsClusters || compensation?.action.needsClusters == true }
}

extension Action {
    fileprivate var needsClusters: Bool {
        switch self {
        case .operation, .mirror: true
        case .wait(let wait): wait.look.needsClusters
        default: false
        }
    }
}
