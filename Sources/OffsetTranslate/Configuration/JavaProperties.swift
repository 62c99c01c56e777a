/// The text of a `.properties` file, read by the rules of `java.util.Properties.load`.
///
/// Those rules: `#` and `!` start a comment line; a key ends at the first unescaped `=`, `:` or white space; an odd
/// number of backslashes at the end of a line continues it; `\t \n \r \f \uXXXX` are escapes, and a backslash before
/// anything else stands for that character. Bytes are read as UTF-8 where they are UTF-8, else as ISO-8859-1.
///
/// Values may be secrets: descriptions show keys alone.
public struct JavaProperties: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    public struct Entry: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
        public var key: String
        public var value: String
        /// The line on which the entry starts, counted from 1.
        public var line: Int

        public var description: String { "\(key) (line \(line))" }
        public var customMirror: Mirror { Mirror(self, children: ["key": key, "line": line]) }
    }

    /// The name used in messages.
    public let file: String
    /// In the order of the file, keys that are set twice included.
    public let entries: [Entry]

    /// Reads the bytes of a file.
    ///
    /// - Throws: a ``ConfigurationError`` with the line of a malformed `\uXXXX`, the one thing this format can get wrong.
    public init(parsing bytes: some Sequence<UInt8>, file: String) throws(ConfigurationError) {
        self.file = file
        entries = try PropertiesScanner(units: Self.decode(Array(bytes)), file: file).entries()
    }

    /// Reads a text.
    public init(parsing text: String, file: String) throws(ConfigurationError) {
        try self.init(parsing: text.utf8, file: file)
    }

    /// The value of a key; where it is set twice, the last one, as in Java.
    public subscript(key: String) -> String? { entries.last { $0.key == key }?.value }

    /// Keys that are set more than once, with the lines on which they are.
    public var duplicates: [(key: String, lines: [Int])] {
        Dictionary(grouping: entries, by: \.key)
            .filter { $0.value.count > 1 }
            .map { (key: $0.key, lines: $0.value.map(\.line)) }
            .sorted { $0.lines.lexicographicallyPrecedes($1.lines) }
    }

    public var description: String { "\(file): \(entries.map(\.key).joined(separator: ", "))" }
    public var customMirror: Mirror { Mirror(self, children: ["file": file, "entries": entries]) }

    private static func decode(_ bytes: [UInt8]) -> [UInt16] {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        if let text = String(validating: bytes, as: UTF8.self) { return Array(text.utf16) }
        return bytes.map(UInt16.init)
    }
}
