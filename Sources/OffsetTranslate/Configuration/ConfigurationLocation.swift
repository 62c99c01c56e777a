/// Where a setting was read: a file (or `command line`), and the line when one is known.
public struct ConfigurationLocation: Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// The first line of the setting, counted from 1.
    public var line: Int?

    public init(file: String, line: Int? = nil) {
        self.file = file
        self.line = line
    }

    static let commandLine = ConfigurationLocation(file: "command line")

    /// `file:line`, as compilers print it.
    public var description: String { line.map { "\(file):\($0)" } ?? file }
}
