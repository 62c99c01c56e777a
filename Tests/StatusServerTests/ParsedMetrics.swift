/// A strict reader of Prometheus' text format 0.0.4: whatever is out of order ends the reading with the line's number.
struct ParsedMetrics {
    struct Failure: Error, CustomStringConvertible {
        var line: Int
        var what: String
        var description: String { "line \(line): \(what)" }
    }
    struct Sample: Hashable {
        var name: String
        var labels: [String: String]
    }

    private(set) var types: [String: String] = [:]
    private(set) var help: [String: String] = [:]
    private(set) var samples: [Sample: Double] = [:]

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Failure(line: 0, what: "the last line does not end") }
        var family: String?
        // By bytes: only a line feed ends a line.
        for (index, bytes) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast().enumerated() {
            var line = LineReader(String(decoding: bytes, as: UTF8.self), number: index + 1)
            if line.takes("# HELP ") {
                let name = try line.name()
                guard help[name] == nil, types[name] == nil else { throw line.failure("'\(name)' is described twice") }
                try line.take(" ")
                help[name] = line.rest
                family = nil
            } else if line.takes("# TYPE ") {
                let name = try line.name()
                guard types[name] == nil, help[name] != nil else { throw line.failure("'\(name)' has a type twice, or before its help") }
                try line.take(" ")
                guard ["gauge", "counter"].contains(line.rest) else { throw line.failure("no type: \(line.rest)") }
                types[name] = line.rest
                family = name
            } else {
                let sample = Sample(name: try line.name(), labels: try line.labels())
                guard sample.name == family else { throw line.failure("'\(sample.name)' stands outside its family") }
                try line.take(" ")
                guard let value = ["NaN": Double.nan, "+Inf": .infinity, "-Inf": -.infinity][line.rest] ?? Double(line.rest) else {
                    throw line.failure("no value: \(line.rest)")
                }
                guard samples.updateValue(value, forKey: sample) == nil else { throw line.failure("\(sample) is there twice") }
            }
        }
        for (name, type) in types where (type == "counter") != name.hasSuffix("_total") { throw Failure(line: 0, what: "'\(name)' is a \(type)") }
    }

    /// All samples of a family, by the values of some labels.
    func values(_ name: String, by labels: String...) -> [[String]: Double] {
        samples.filter { $0.key.name == name }.reduce(into: [:]) { found, sample in
            found[labels.map { sample.key.labels[$0] ?? "" }] = sample.value
        }
    }

    /// The only sample of a family.
    subscript(name: String) -> Double? {
        let all = samples.filter { $0.key.name == name }
        return all.count == 1 ? all.first?.value : nil
    }
}

private struct LineReader {
    private var text: Substring.UnicodeScalarView
    let number: Int

    init(_ line: String, number: Int) {
        text = Substring(line).unicodeScalars
        self.number = number
    }

    var rest: String { String(text) }
    func failure(_ what: String) -> ParsedMetrics.Failure { .init(line: number, what: what) }

    mutating func takes(_ prefix: String) -> Bool {
        guard text.starts(with: prefix.unicodeScalars) else { return false }
        text = text.dropFirst(prefix.unicodeScalars.count)
        return true
    }

    mutating func take(_ prefix: String) throws {
        guard takes(prefix) else { throw failure("'\(prefix)' was expected before '\(rest)'") }
    }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`; colons are for recording rules.
    mutating func name() throws -> String {
        let name = text.prefix { "a"..."z" ~= $0 || "A"..."Z" ~= $0 || "0"..."9" ~= $0 || $0 == "_" }
        guard let first = name.first, !("0"..."9" ~= first) else { throw failure("no name: \(rest)") }
        text = text[name.endIndex...]
        return String(name)
    }

    mutating func labels() throws -> [String: String] {
        var labels: [String: String] = [:]
        guard takes("{") else { return labels }
        repeat {
            let label = try name()
            try take("=\"")
            guard labels.updateValue(try value(), forKey: label) == nil else { throw failure("label '\(label)' is there twice") }
        } while takes(",")
        try take("}")
        return labels
    }

    private mutating func value() throws -> String {
        var value = String.UnicodeScalarView()
        while let next = text.popFirst() {
            switch next {
            case "\"": return String(value)
            case "\\":
                guard let escaped = text.popFirst(), let scalar = ["\\": "\\", "\"": "\"", "n": "\n"][escaped] as Unicode.Scalar? else {
                    throw failure("no such escape")
                }
                value.append(scalar)
            default: value.append(next)
            }
        }
        throw failure("a label's value does not end")
    }
}
