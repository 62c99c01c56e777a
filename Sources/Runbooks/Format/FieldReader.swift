internal import Foundation
internal import OffsetTranslate
internal import Yams

/// Reads values of a runbook's file, and notes what is wrong with them.
struct FieldReader {
    var problems: [RunbookProblem] = []
    var names = Names()

    mutating func note(_ message: String, at place: Place) { problems.append(RunbookProblem(line: place.line, column: place.column, message: message)) }

    // MARK: Mappings

    mutating func fields(_ node: YAMLNode, of owner: String) -> Fields? {
        guard let fields = Fields(node, owner: owner) else {
            note("\(owner) is a mapping of keys and values, not \(node.shape)", at: node.place)
            return nil
        }
        return fields
    }

    /// Notes keys that nobody has asked for.
    mutating func end(_ fields: Fields) {
        for (name, place) in fields.unknown {
            note("\(fields.owner) has no '\(name)'.\(NameSuggestion.question(for: name, among: fields.known)) It takes \(fields.known.joined(separator: ", "))", at: place)
        }
    }

    mutating func required(_ fields: inout Fields, _ name: String) -> YAMLNode? {
        guard let node = fields.take(name) else {
            note("\(fields.owner) lacks '\(name)'", at: fields.place)
            return nil
        }
        return node
    }

    // MARK: Values

    mutating func text(_ node: YAMLNode?, _ what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let scalar) = node, !node.isNothing else {
            note("'\(what)' is a text, not \(node.shape)", at: node.place)
            return nil
        }
        guard !scalar.string.utf8.contains(0) else {
            note("'\(what)' holds a NUL character", at: node.place)
            return nil
        }
        return scalar.string
    }

    mutating func texts(_ node: YAMLNode?, _ what: String) -> [String] { list(node, what).compactMap { text($0, what) } }

    mutating func list(_ node: YAMLNode?, _ what: String) -> [YAMLNode] {
        guard let node else { return [] }
        guard case .sequence(let sequence) = node else {
            note("'\(what)' is a list, not \(node.shape)", at: node.place)
            return []
        }
        return Array(sequence)
    }

    mutating func integer(_ node: YAMLNode?, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard let node, let text = text(node, what) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            note("'\(what)' is a whole number of \(range.lowerBound) to \(range.upperBound), not '\(text)'", at: node.place)
            return nil
        }
        return number
    }

    mutating func integers(_ node: YAMLNode?, _ what: String, in range: ClosedRange<Int>, or preset: [Int]) -> [Int] {
        node == nil ? preset : list(node, what).compactMap { integer($0, what, in: range) }
    }

    mutating func boolean(_ node: YAMLNode?, _ what: String) -> Bool {
        guard let node, let text = text(node, what) else { return false }
        guard let value = Bool(text) else {
            note("'\(what)' is true or false, not '\(text)'", at: node.place)
            return false
        }
        return value
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ node: YAMLNode?, _ what: String, _ type: Choice.Type = Choice.self) -> Choice? {
        guard let node, let text = text(node, what) else { return nil }
        guard let value = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue)
            note("'\(what)' is one of \(known.joined(separator: ", ")), not '\(text)'.\(NameSuggestion.question(for: text, among: known))", at: node.place)
            return nil
        }
        return value
    }

    mutating func duration(_ node: YAMLNode?, _ what: String) -> Duration? {
        guard let node, let text = text(node, what) else { return nil }
        guard let duration = Duration(runbook: text) else {
            note("'\(what)' is a time such as 500 ms, 90 s, 5 min or 2 h, a week at the most, not '\(text)'", at: node.place)
            return nil
        }
        return duration
    }

    // MARK: What refers to others

    mutating func template(_ node: YAMLNode?, _ what: String) -> Template? {
        guard let node, let text = text(node, what) else { return nil }
        do throws(ExpressionError) {
            let template = try Template(text)
            for reference in template.references {
                do throws(ExpressionError) { _ = try names.type(of: reference) } catch {
                    let before = text.range(of: "${\(reference)}").map { text[..<$0.lowerBound].count } ?? 0
                    throw ExpressionError(message: error.message, column: before)
                }
            }
            return template
        } catch {
            note("'\(what)': \(error.message)", at: node.place(ofCharacter: error.column))
            return Template(literal: text)
        }
    }

    /// A list of texts, or one that refers to a list.
    mutating func templates(_ node: YAMLNode?, _ what: String) -> [Template] {
        guard let node else { return [] }
        guard case .scalar = node else { return list(node, what).compactMap { template($0, what) } }
        guard let template = template(node, what) else { return [] }
        guard let reference = template.sole, let type = try? names.type(of: reference) else {
            if template.sole == nil { note("'\(what)' is a list, or a reference to one such as ${parameters.groups}", at: node.place) }
            return [template]
        }
        if type != .list { note("'\(what)' is a list, and \(reference) is a \(type.rawValue)", at: node.place) }
        return [template]
    }

    /// - Parameter preset: What it is taken for where it can't be read, so that reading goes on.
    mutating func expression(_ node: YAMLNode?, _ what: String, _ type: ValueType) -> Expression? {
        guard let node, var text = text(node, what) else { return nil }
        do throws(ExpressionError) {
            // `${parameters.x}`, out of habit.
            if let sole = try? Template(text).sole { text = "\(sole)" }
            let expression = try Expression(text), found = try expression.type(in: names)
            if found != type { note("'\(what)' is a \(found.rawValue), and has to be a \(type.rawValue)", at: node.place) }
            return expression
        } catch {
            note("'\(what)': \(error.message)", at: node.place(ofCharacter: error.column))
            return nil
        }
    }
}

extension Duration {
    /// `500 ms`, `90 s`, `5 min`, `2 h`.
    init?(runbook text: String) {
        let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000)]
        let digits = text.prefix { $0.isASCII && $0.isNumber }, unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let count = Int64(digits), let factor = units.first(where: { $0.0 == unit })?.1, count > 0, count <= 604_800_000 / factor else { return nil }
        self = .milliseconds(count * factor)
    }
}

/// What may be referred to, and of which type it is.
struct Names: ReferenceTypes {
    var parameters: [String: Parameter] = [:]
    /// What steps find, by their ids.
    var steps: [String: [String: ValueType]] = [:]
    /// Steps that come later, to say so.
    var later: Set<String> = []
    /// Steps with mistakes of their own.
    var unread: Set<String> = []
    /// Only where they stay hidden.
    var allowsSecrets = false

    func type(of reference: Reference) throws(ExpressionError) -> ValueType {
        func fail(_ message: String) -> ExpressionError { ExpressionError(message: message, column: 0) }
        if reference.scope == "parameters" {
            guard let parameter = parameters[reference.name] else {
                throw fail("there is no parameter '\(reference.name)'.\(NameSuggestion.question(for: reference.name, among: parameters.keys))")
            }
            guard allowsSecrets || parameter.kind != .secret else {
                throw fail("'\(reference.name)' is a secret: only the environment of a command and the headers of an http check can have it")
            }
            return parameter.kind.type
        }
        guard let found = steps[reference.scope] else {
            if unread.contains(reference.scope) { throw fail("what the step '\(reference.scope)' finds is not known before its own mistakes are mended") }
            if later.contains(reference.scope) { throw fail("the step '\(reference.scope)' comes later: nothing is known of it yet") }
            throw fail("there is no step '\(reference.scope)' before this.\(NameSuggestion.question(for: reference.scope, among: Array(steps.keys) + ["parameters"]))")
        }
        guard let type = found[reference.name] else {
            throw fail("the step '\(reference.scope)' does not find '\(reference.name)'.\(NameSuggestion.question(for: reference.name, among: found.keys)) It finds \(found.keys.sorted().joined(separator: ", "))")
        }
        return type
    }
}

extension Action {
    /// What can be referred to once it is done.
    var found: [String: ValueType] {
        let own: [String: ValueType] = switch self {
        case .note, .gate: [:]
        case .manual(let manual): ["answer": manual.answer == .number ? .number : manual.answer == .confirm ? .boolean : .text]
        case .approve: ["by": .text]
        case .command: ["status": .number, "output": .text]
        case .http: ["status": .number, "body": .text]
        case .wait(let wait): wait.look.found
        case .mirror: ["proven": .boolean]
        case .operation(let operation): operation.kind.found.merging(["status": .number]) { a, _ in a }
        }
        return own.merging(["outcome": .text, "seconds": .number]) { a, _ in a }
    }
}
