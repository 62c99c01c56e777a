import Runbooks
import TestSupport

/// An expression that is right, with an answer that is not the parser's: truths are 0, 1/2 (unknown) and 1, `and` is the least of them,
/// `or` the greatest.
indirect enum RandomExpression {
    case literal(Value)
    case reference(Reference)
    case isKnown(Reference, Bool)
    case not(Self)
    case and(Self, Self)
    case or(Self, Self)
    case compare(String, Self, Self)

    static let names: [ValueType: [Reference]] = [
        .number: ["parameters.max-re-read", "plan.maxReplay", "this.n_1"], .text: ["plan.mode", "not.in"], .list: ["plan.failedChecks", "in.is"],
        .boolean: ["a.b", "a.c", "known.true"],
    ].mapValues { $0.map(Reference.init) }
    static let types = Dictionary(uniqueKeysWithValues: names.flatMap { type, names in names.map { ("\($0)", type) } })
    private static let texts = ["", "a", "b c", "it's", "\"", "${a.b}", "and", "é\n"]

    /// Few values, so that they are often equal.
    static func value(_ type: ValueType, using random: inout SeededGenerator) -> Value {
        switch type {
        case .number: .number([-1, 0, 0.5, 1500, 1501].randomElement(using: &random)!)
        case .text: .text(texts.randomElement(using: &random)!)
        case .boolean: .boolean(.random(using: &random))
        case .list: .list((0..<Int.random(in: 0...2, using: &random)).map { _ in texts.randomElement(using: &random)! })
        }
    }

    /// - Parameter asks: Whether it may ask for the knowing itself.
    init(_ type: ValueType, depth: Int, asks: Bool, using random: inout SeededGenerator) {
        func part(_ type: ValueType) -> Self { Self(type, depth: depth - 1, asks: asks, using: &random) }
        func name(_ type: ValueType) -> Reference { Self.names[type]!.randomElement(using: &random)! }
        let kinds: [ValueType] = [.number, .text, .boolean, .list]
        switch type == .boolean && depth > 0 ? Int.random(in: 0...8, using: &random) : Int.random(in: 0...1, using: &random) {
        case 0: self = .literal(Self.value(type, using: &random))
        case 1: self = .reference(name(type))
        case 2: self = .not(part(.boolean))
        case 3, 4: self = .and(part(.boolean), part(.boolean))
        case 5, 6: self = .or(part(.boolean), part(.boolean))
        case 7 where asks && .random(using: &random): self = .isKnown(name(kinds.randomElement(using: &random)!), .random(using: &random))
        default:
            switch ["==", "!=", "<", "<=", ">", ">=", "in"].randomElement(using: &random)! {
            case "in": self = .compare("in", part(.text), part(.list))
            case let sign where sign == "==" || sign == "!=":
                let kind = kinds.randomElement(using: &random)!
                self = .compare(sign, part(kind), part(kind))
            case let sign: self = .compare(sign, part(.number), part(.number))
            }
        }
    }

    // MARK: As text

    func text(using random: inout SeededGenerator) -> String { text(inside: 0, &random) }

    /// 0 or, 1 and, 2 not, 3 comparisons, 4 values: what binds less than what it is inside of is in parentheses, and some besides.
    private func text(inside level: Int, _ random: inout SeededGenerator) -> String {
        func space() -> String { ["", " ", "\n", " \t "].randomElement(using: &random)! }
        let (own, text): (Int, String)
        switch self {
        case .literal(let value): (own, text) = (4, Self.text(of: value))
        case .reference(let reference): (own, text) = (4, "\(reference)")
        case .isKnown(let reference, let known): (own, text) = (3, "\(reference) is \(known ? "known" : "unknown")")
        case .not(let part): (own, text) = (2, "not " + part.text(inside: 2, &random))
        case .and(let left, let right): (own, text) = (1, left.text(inside: 1, &random) + " and " + right.text(inside: 1, &random))
        case .or(let left, let right): (own, text) = (0, left.text(inside: 0, &random) + " or " + right.text(inside: 0, &random))
        case .compare(let sign, let left, let right):
            (own, text) = (3, left.text(inside: 4, &random) + (sign == "in" ? " in " : space() + sign + space()) + right.text(inside: 4, &random))
        }
        guard own < level || Int.random(in: 0..<8, using: &random) == 0 else { return text }
        return "(" + space() + text + space() + ")"
    }

    private static func text(of value: Value) -> String {
        switch value {
        case .number(let number): number == number.rounded() ? "\(Int(number))" : "\(number)"
        case .text(let text): text.contains("\"") ? "'\(text)'" : "\"\(text)\""
        case .boolean(let truth): "\(truth)"
        case .list(let items): "[" + items.map { Self.text(of: .text($0)) }.joined(separator: ", ") + "]"
        }
    }

    // MARK: Its value

    func value(in values: Knowledge) -> Value? {
        switch self {
        case .literal(let value): return value
        case .reference(let reference): return values.values[reference]
        case .isKnown(let reference, let known): return .boolean(values.values.keys.contains(reference) == known)
        case .not(let part): return Self.value(1 - part.truth(in: values))
        case .and(let left, let right): return Self.value(min(left.truth(in: values), right.truth(in: values)))
        case .or(let left, let right): return Self.value(max(left.truth(in: values), right.truth(in: values)))
        case .compare(let sign, let left, let right):
            switch (left.value(in: values), right.value(in: values)) {
            case (nil, _), (_, nil): return nil
            case (let left?, let right?) where sign == "==": return .boolean(left == right)
            case (let left?, let right?) where sign == "!=": return .boolean(left != right)
            case (.text(let item), .list(let items)): return .boolean(items.contains(item))
            case (.number(let left), .number(let right)):
                let order = left < right ? "<" : left > right ? ">" : "="
                return .boolean(sign.contains(order))
            default: fatalError("\(self) does not fit")
            }
        }
    }

    private func truth(in values: Knowledge) -> Double {
        guard case .boolean(let truth) = value(in: values) else { return 0.5 }
        return truth ? 1 : 0
    }

    private static func value(_ truth: Double) -> Value? { truth == 0.5 ? nil : .boolean(truth == 1) }
}

extension Knowledge {
    /// Of all names that random expressions have; each unknown with probability `unknown`.
    init(unknown: Double, using random: inout SeededGenerator) {
        self.init([:], unknown: RandomExpression.types)
        learn(all: 1 - unknown, using: &random)
    }

    /// Values for what is unknown.
    mutating func learn(all part: Double = 1, using random: inout SeededGenerator) {
        for name in types.keys.sorted(by: { "\($0)" < "\($1)" }) where values[name] == nil && Double.random(in: 0..<1, using: &random) < part {
            values[name] = RandomExpression.value(types[name]!, using: &random)
        }
    }
}
