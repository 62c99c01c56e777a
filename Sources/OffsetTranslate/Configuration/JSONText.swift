/// A JSON value that knows on which line it starts. Foundation's reader forgets lines and duplicate keys.
struct JSONText {
    enum Value {
        case object([Member])
        case array([JSONText])
        case string(String)
        /// A number or `true`/`false` as it is written, which is how Connect takes it.
        case literal(String)
        case null
    }

    struct Member {
        var key: String
        var line: Int
        var value: JSONText
    }

    var value: Value
    var line: Int

    /// - Throws: a ``ConfigurationError`` of kind `malformed` with the line.
    init(parsing bytes: [UInt8], file: String) throws(ConfigurationError) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw ConfigurationError(.malformed, at: .init(file: file), "the file is not UTF-8 text")
        }
        var reader = JSONReader(bytes: bytes, file: file)
        self = try reader.document()
    }

    init(value: Value, line: Int) {
        self.value = value
        self.line = line
    }

    /// The members of an object, or nil.
    var members: [Member]? {
        if case .object(let members) = value { members } else { nil }
    }

    subscript(key: String) -> JSONText? { members?.last { $0.key == key }?.value }
}
