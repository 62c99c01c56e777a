internal import Foundation

/// What a runbook is given before it begins.
public struct Parameter: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case text, file, integer, boolean, choice, list, command, secret

        /// Of its value in expressions.
        public var type: ValueType {
            switch self {
            case .text, .file, .choice, .secret: .text
            case .integer: .number
            case .boolean: .boolean
            case .list, .command: .list
            }
        }
    }

    public var name: String
    public var kind: Kind
    public var description: String
    /// `nil`: it has to be given.
    public var defaultValue: Value?
    public var choices: [String] = []
    public var minimum: Int?
    public var maximum: Int?
    public var isMultiline = false
    /// Of the whole of a text.
    public var pattern: String?

    public var isRequired: Bool { defaultValue == nil }

    /// A value that people wrote.
    ///
    /// - Parameter texts: One, but of a `list` as many as were given.
    /// - Throws: ``ParameterError``.
    public func value(of texts: [String]) throws(ParameterError) -> Value {
        if kind == .list {
            for text in texts { try check(text) }
            return .list(texts)
        }
        guard let text = texts.last, texts.count == 1 else { throw error("was given \(texts.count) times, and takes one value") }
        try check(text)
        switch kind {
        case .text, .file, .list:
            return .text(text)
        case .integer:
            guard let number = Int(text), abs(number) <= 1 << 53 else { throw error("takes a whole number, not '\(text)'") }
            if let minimum, number < minimum { throw error("takes \(minimum) or more, not \(number)") }
            if let maximum, number > maximum { throw error("takes \(maximum) or less, not \(number)") }
            return .integer(number)
        case .boolean:
            guard let value = Bool(text) else { throw error("takes true or false, not '\(text)'") }
            return .boolean(value)
        case .choice:
            guard choices.contains(text) else { throw error("takes one of \(choices.joined(separator: ", ")), not '\(text)'") }
            return .text(text)
        case .command:
            guard let words = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
                throw error(#"takes a program and its arguments as a list, as in ["systemctl", "stop", "mirror"]"#)
            }
            for word in words { try check(word) }
            return .list(words)
        case .secret:
            guard SecretReference(text) != nil else {
                throw error("is a secret, which stays where it is: say ${env:NAME} or ${file:PATH}")
            }
            return .text(text)
        }
    }

    private func check(_ text: String) throws(ParameterError) {
        guard !text.utf8.contains(0) else { throw error("holds a NUL character, which no program can be given") }
        guard kind == .text || kind == .file else { return }
        guard isMultiline || !text.contains(where: \.isNewline) else { throw error("is one line") }
        guard let pattern, let expression = try? Regex(pattern) else { return }
        guard text.wholeMatch(of: expression) != nil else { throw error("does not match \(pattern)") }
    }

    private func error(_ problem: String) -> ParameterError { ParameterError(name: name, problem: problem) }
}

/// A parameter's value does not fit.
public struct ParameterError: Error, CustomStringConvertible, Hashable {
    public var name: String
    public var problem: String

    public init(name: String, problem: String) { (self.name, self.problem) = (name, problem) }

    public var description: String { Value.message("the parameter '\(name)' \(problem)") }
}

/// Where a secret is.
public enum SecretReference: Sendable, Hashable {
    case environment(String)
    case file(String)

    /// `${env:NAME}` or `${file:PATH}`.
    public init?(_ text: String) {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        let parts = text.dropFirst(2).dropLast().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        switch parts[0] {
        case "env": self = .environment(String(parts[1]))
        case "file": self = .file(String(parts[1]))
        default: return nil
        }
    }

    /// - Throws: ``ParameterError`` where it is not there.
    public func read(for name: String) throws(ParameterError) -> String {
        switch self {
        case .environment(let variable):
            guard let value = ProcessInfo.processInfo.environment[variable], !value.isEmpty else {
                throw ParameterError(name: name, problem: "is said to be in the environment variable \(variable), which is not set")
            }
            return value
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ParameterError(name: name, problem: "is said to be in the file '\(path)', which can't be read")
            }
            let value = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
            guard !value.isEmpty else { throw ParameterError(name: name, problem: "is said to be in the file '\(path)', which is empty") }
            return value
        }
    }
}
