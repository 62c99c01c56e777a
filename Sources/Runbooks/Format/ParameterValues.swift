internal import Foundation
internal import Yams

/// What somebody has given for a runbook's parameters, as they wrote it.
public struct ParameterTexts: Sendable, Hashable {
    public private(set) var texts: [String: [String]] = [:]

    public init() {}

    /// `name=value`, each; of a list as often as it has items.
    ///
    /// - Throws: ``ParameterError``.
    public mutating func add(settings: [String]) throws(ParameterError) {
        var set: [String: [String]] = [:]
        for setting in settings {
            guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                throw ParameterError(name: setting, problem: "is given as name=value")
            }
            set[String(setting[..<equals]), default: []].append(String(setting[setting.index(after: equals)...]))
        }
        texts.merge(set) { $1 }
    }

    /// Names and values, in YAML or JSON.
    ///
    /// - Throws: ``RunbookUnreadable``.
    public mutating func add(file text: String, name: String) throws(RunbookUnreadable) {
        var reader = FieldReader()
        do throws(RunbookProblem) {
            let root = try YAMLText.root(text)
            guard case .mapping(let mapping) = root else {
                throw RunbookProblem(line: root.place.line, column: root.place.column, message: "parameters are names and values, not \(root.shape)")
            }
            for (key, value) in mapping {
                let key = key.scalar?.string ?? ""
                if case .sequence = value {
                    let words = reader.texts(value, key)
                    texts[key] = words
                    lists[key] = words
                } else if let text = reader.text(value, key) {
                    texts[key] = [text]
                }
            }
        } catch { reader.problems.append(error) }
        guard reader.problems.isEmpty else { throw RunbookUnreadable(file: name, problems: reader.problems) }
    }

    /// A `command` may be written as a list there, and is JSON on a command line.
    private var lists: [String: [String]] = [:]

    /// Values of all of a runbook's parameters, defaults included.
    ///
    /// - Parameter allowingMissing: Leave out those that have to be given and were not, instead of refusing.
    /// - Throws: ``ParameterErrors`` with all that is wrong.
    public func values(of runbook: Runbook, allowingMissing: Bool = false) throws(ParameterErrors) -> [String: Value] {
        var values: [String: Value] = [:], errors: [ParameterError] = []
        for parameter in runbook.parameters {
            if allowingMissing, parameter.isRequired, texts[parameter.name] == nil { continue }
            do throws(ParameterError) {
                values[parameter.name] = try value(of: parameter)
            } catch { errors.append(error) }
        }
        let known = runbook.parameters.map(\.name)
        for name in texts.keys.sorted() where !known.contains(name) {
            errors.append(ParameterError(name: name, problem: "is not one of this runbook's: \(known.joined(separator: ", "))"))
        }
        guard errors.isEmpty else { throw ParameterErrors(errors: errors) }
        return values
    }

    private func value(of parameter: Parameter) throws(ParameterError) -> Value {
        if parameter.kind == .command, let words = lists[parameter.name] {
            for word in words where word.utf8.contains(0) { throw ParameterError(name: parameter.name, problem: "holds a NUL character") }
            return .list(words)
        }
        guard let texts = texts[parameter.name] else {
            guard let preset = parameter.defaultValue else { throw ParameterError(name: parameter.name, problem: "is needed: \(parameter.description)") }
            return preset
        }
        return try parameter.value(of: texts)
    }
}

/// Parameters that do not fit.
public struct ParameterErrors: Error, CustomStringConvertible {
    public var errors: [ParameterError]

    public init(errors: [ParameterError]) { self.errors = errors }

    public var description: String { errors.map(\.description).joined(separator: "\n  ") }
}
