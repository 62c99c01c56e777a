/// Prometheus' text format (0.0.4), as it is written: families one after the other, each with its help, type and samples.
struct Exposition {
    private(set) var bytes: [UInt8] = []
    private var name: [UInt8] = []

    enum Kind: String { case gauge, counter }

    mutating func family(_ name: String, _ help: String, _ kind: Kind = .gauge) {
        self.name = Array(name.utf8)
        bytes += "# HELP \(name) \(help.escaped(quote: false))\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    mutating func add(_ labels: Labels, _ value: Int64) { add(labels, "\(value)") }

    /// Seconds and the like.
    mutating func add(_ labels: Labels, _ value: Double) {
        add(labels, value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : "\(value)")
    }

    private mutating func add(_ labels: Labels, _ value: String) {
        bytes += name
        bytes += labels.bytes
        bytes.append(UInt8(ascii: " "))
        bytes += value.utf8
        bytes.append(UInt8(ascii: "\n"))
    }
}

/// The labels of a sample, made once and used for all families.
struct Labels {
    /// `{a="x",b="y"}`
    fileprivate let bytes: [UInt8]

    init(_ labels: KeyValuePairs<String, String>) {
        bytes = Array("{\(labels.map { "\($0.key)=\"\($0.value.escaped(quote: true))\"" }.joined(separator: ","))}".utf8)
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    func with(_ labels: KeyValuePairs<String, String>) -> Self {
        Self(bytes: bytes.dropLast() + [UInt8(ascii: ",")] + Self(labels).bytes.dropFirst())
    }
}

extension String {
    /// Backslashes, line breaks and, in values, quotes.
    fileprivate func escaped(quote: Bool) -> String {
        guard utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\"") }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where quote: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
