internal import Foundation
internal import OffsetTranslate
internal import Yams

extension Runbook {
    /// Reads a runbook.
    ///
    /// - Parameter file: Its name, for messages.
    /// - Throws: ``RunbookUnreadable`` with all that is wrong.
    public init(_ text: String, file: String) throws(RunbookUnreadable) {
        let root: YAMLNode
        do throws(RunbookProblem) { root = try YAMLText.root(text) } catch { throw RunbookUnreadable(file: file, problems: [error]) }
        var reader = FieldReader()
        let runbook = reader.runbook(root)
        guard let runbook, reader.problems.isEmpty else {
            throw RunbookUnreadable(file: file, problems: reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
        }
        self = runbook
    }
}

extension FieldReader {
    mutating func runbook(_ root: YAMLNode) -> Runbook? {
        guard var fields = fields(root, of: "a runbook") else { return nil }
        // Every key is asked for before anything can end the reading.
        let version = required(&fields, "format-version")
        if let version, let number = text(version, "format-version"), number != "1" {
            note("this is format version \(number), and 1 is what is known here: a newer 'failover' may read it", at: version.place)
        }
        let title = text(required(&fields, "title"), "title"), purpose = text(required(&fields, "purpose"), "purpose")
        let owner = text(required(&fields, "owner"), "owner")
        let useWhen = texts(required(&fields, "use-when"), "use-when"), notWhen = texts(fields.take("not-when"), "not-when")
        let needs = texts(fields.take("needs"), "needs")
        let parameters = parameters(fields.take("parameters"))
        let clusters = fields.take("clusters"), recovery = fields.take("recovery"), steps = required(&fields, "steps")
        end(fields)
        let readClusters = clusters.map { self.clusters($0) } ?? Runbook.Clusters()
        let readSteps = self.steps(steps)
        if clusters == nil, let first = readSteps.first(where: { $0.needsClusters }) {
            note("a runbook with steps such as '\(first.id)' says on which clusters: it lacks 'clusters'", at: fields.place)
        }
        let readRecovery = recovery.flatMap { self.recovery($0, readSteps) }
        guard let title, let purpose, let owner else { return nil }
        return Runbook(
            title: title, purpose: purpose, useWhen: useWhen, notWhen: notWhen, owner: owner, needs: needs, parameters: parameters,
            clusters: readClusters, recovery: readRecovery, steps: readSteps)
    }

    private mutating func clusters(_ node: YAMLNode) -> Runbook.Clusters {
        var clusters = Runbook.Clusters()
        guard var fields = fields(node, of: "'clusters'") else { return clusters }
        if let config = fields.take("config") {
            clusters.config = if case .sequence = config { templates(config, "config") } else { template(config, "config").map { [$0] } ?? [] }
        }
        clusters.source = template(fields.take("source"), "source")
        clusters.target = template(fields.take("target"), "target")
        clusters.sourceAlias = template(fields.take("source-alias"), "source-alias")
        clusters.targetAlias = template(fields.take("target-alias"), "target-alias")
        clusters.policy = template(fields.take("policy"), "policy")
        clusters.flow = template(fields.take("flow"), "flow")
        clusters.set = templates(fields.take("set"), "set")
        clusters.timeout = duration(fields.take("timeout"), "timeout")
        clusters.sourceLost = expression(fields.take("source-lost"), "source-lost", .boolean)
        end(fields)
        if clusters.config.isEmpty == (clusters.source == nil || clusters.target == nil) {
            note("'clusters' names a 'config', or a 'source' and a 'target'", at: fields.place)
        }
        return clusters
    }

    private mutating func recovery(_ node: YAMLNode, _ steps: [Step]) -> Runbook.Recovery? {
        guard var fields = fields(node, of: "'recovery'") else { return nil }
        let from = step(fields.take("from"), "from", steps), to = step(required(&fields, "to"), "to", steps)
        let target = duration(fields.take("target"), "target"), lost = expression(fields.take("lost"), "lost", .number)
        let lostTarget = integer(fields.take("lost-target"), "lost-target", in: 0...1 << 53)
        end(fields)
        guard let to else { return nil }
        return Runbook.Recovery(from: from, to: to, target: target, lost: lost, lostTarget: lostTarget)
    }

    private mutating func step(_ node: YAMLNode?, _ what: String, _ steps: [Step]) -> String? {
        guard let node, let id = text(node, what) else { return nil }
        guard steps.contains(where: { $0.id == id }) else {
            note("'\(what)' names a step, and there is no '\(id)'.\(NameSuggestion.question(for: id, among: steps.map(\.id)))", at: node.place)
            return nil
        }
        return id
    }

    // MARK: Parameters

    private mutating func parameters(_ node: YAMLNode?) -> [Parameter] {
        guard let node else { return [] }
        guard case .mapping(let mapping) = node else {
            note("'parameters' is a mapping of names, not \(node.shape)", at: node.place)
            return []
        }
        let read = mapping.compactMap { parameter($0.key, $0.value) }
        names.parameters = Dictionary(read.map { ($0.name, $0) }) { a, _ in a }
        return read
    }

    private mutating func parameter(_ key: YAMLNode, _ node: YAMLNode) -> Parameter? {
        let name = key.scalar?.string ?? ""
        guard name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]*/) != nil else {
            note("'\(name)' is no parameter's name: letters, digits, - and _, a letter first", at: key.place)
            return nil
        }
        guard var fields = fields(node, of: "the parameter '\(name)'") else { return nil }
        let kind = choice(required(&fields, "type"), "type", Parameter.Kind.self)
        let description = text(required(&fields, "description"), "description")
        var parameter = Parameter(name: name, kind: kind ?? .text, description: description ?? "")
        let preset = fields.take("default")
        let widest = -(1 << 53)...(1 << 53)
        // Keys of one type only are asked for where they belong, and unknown elsewhere.
        if kind == .choice {
            parameter.choices = texts(required(&fields, "choices"), "choices")
        } else if kind == .integer {
            parameter.minimum = integer(fields.take("minimum"), "minimum", in: widest)
            parameter.maximum = integer(fields.take("maximum"), "maximum", in: widest)
        } else if kind == .text {
            parameter.isMultiline = boolean(fields.take("multiline"), "multiline")
            parameter.pattern = pattern(fields.take("pattern"))
        }
        end(fields)
        guard kind != nil else { return parameter }
        if let preset { parameter.defaultValue = self.preset(preset, of: parameter) }
        return parameter
    }

    private mutating func pattern(_ node: YAMLNode?) -> String? {
        guard let node, let pattern = text(node, "pattern") else { return nil }
        do { _ = try Regex(pattern) } catch { note("'pattern' is no regular expression: \(error)", at: node.place) }
        return pattern
    }

    /// A `file` may be missing where it is only the default, so its being there is looked at when a run begins.
    private mutating func preset(_ node: YAMLNode, of parameter: Parameter) -> Value? {
        do throws(ParameterError) {
            guard parameter.kind == .list || parameter.kind == .command else {
                guard let text = node.isNothing ? "" : text(node, "default") else { return nil }
                // Nothing is a text, too.
                return text.isEmpty && (parameter.kind == .text || parameter.kind == .secret) ? .text("") : try parameter.value(of: [text])
            }
            let words = texts(node, "default")
            for word in words where word.utf8.contains(0) { throw ParameterError(name: parameter.name, problem: "holds a NUL character") }
            return .list(words)
        } catch {
            note("'default': \(error)", at: node.place)
            return nil
        }
    }
}
