internal import Foundation

/// A run's secrets: read when they are needed, and kept out of everything that is kept.
struct Secrets: Sendable {
    /// By the parameters' names.
    private var values: [String: String] = [:]
    /// What is replaced, the longest first, so that no part of a secret outlives another's replacement.
    private let replacements: [(text: Data, name: String)]

    static let none = Secrets(values: [:])

    /// - Throws: ``ParameterError`` where one is not where it is said to be.
    init(_ runbook: Runbook, _ parameters: [String: Value]) throws(ParameterError) {
        var values: [String: String] = [:]
        for parameter in runbook.parameters where parameter.kind == .secret {
            // An optional one that was not given is empty.
            guard case .text(let text)? = parameters[parameter.name], let place = SecretReference(text) else { continue }
            let value = try place.read(for: parameter.name)
            guard value.utf8.count >= 4 else {
                throw ParameterError(name: parameter.name, problem: "is shorter than 4 characters: it can't be kept out of what is printed")
            }
            values[parameter.name] = value
        }
        self.init(values: values)
    }

    private init(values: [String: String]) {
        self.values = values
        replacements = values.flatMap { name, value in Self.forms(of: value).map { (Data($0.utf8), name) } }
            .sorted { ($0.text.count, $1.name) > ($1.text.count, $0.name) }
    }

    /// As it may show: itself, its lines, within JSON, within an address, and as basic authentication encodes it.
    private static func forms(of value: String) -> Set<String> {
        var forms: Set = [value, value.trimmingCharacters(in: .whitespacesAndNewlines), Data(value.utf8).base64EncodedString()]
        for line in value.split(whereSeparator: \.isNewline) where line.utf8.count >= 8 { forms.insert(String(line)) }
        let encoder = JSONEncoder()
        // Most programs leave slashes as they are.
        for formatting in [[], .withoutEscapingSlashes] as [JSONEncoder.OutputFormatting] {
            encoder.outputFormatting = formatting
            if let json = try? encoder.encode(value) { forms.insert(String(decoding: json.dropFirst().dropLast(), as: UTF8.self)) }
        }
        for allowed in [.alphanumerics, .alphanumerics.union(CharacterSet(charactersIn: "-._~")), .urlQueryAllowed] as [CharacterSet] {
            if let escaped = value.addingPercentEncoding(withAllowedCharacters: allowed) { forms.insert(escaped) }
        }
        forms.insert(value.withinSingleQuotes)
        return forms.filter { $0.utf8.count >= 4 }
    }

    func redact(_ data: Data) -> Data {
        replacements.reduce(data) { data, replacement in
            guard data.range(of: replacement.text) != nil else { return data }
            var rest = data, redacted = Data()
            while let range = rest.range(of: replacement.text) {
                redacted += rest[rest.startIndex..<range.lowerBound] + Data("[\(replacement.name)]".utf8)
                rest = rest[range.upperBound...]
            }
            return redacted + rest
        }
    }

    func redact(_ text: String) -> String { replacements.isEmpty ? text : String(decoding: redact(Data(text.utf8)), as: UTF8.self) }

    /// The scope in which secrets stand for what they are: for environments and headers only.
    func revealed(in scope: Scope) -> Scope {
        var scope = scope
        for (name, value) in values { scope.parameters[name] = .text(value) }
        return scope
    }
}
