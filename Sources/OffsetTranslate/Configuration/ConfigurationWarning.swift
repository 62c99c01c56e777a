/// Something in a configuration that is not an error and that its writer should know.
///
/// No text of this type holds a value that may be secret.
public struct ConfigurationWarning: Sendable, Hashable, CustomStringConvertible {
    public enum Severity: Sendable, Hashable {
        /// Probably not what the writer meant: an unknown key, or one that has no effect though it looks as if it had.
        case warning
        /// Good MirrorMaker 2 or Kafka Connect configuration that means nothing here.
        case note
    }

    public var severity: Severity
    /// The setting as it is written in the file.
    public var key: String
    public var location: ConfigurationLocation?
    public var text: String

    public init(_ severity: Severity, key: String, at location: ConfigurationLocation?, _ text: String) {
        self.severity = severity
        self.key = key
        self.location = location
        self.text = text
    }

    /// `file:line: key: text`
    public var description: String {
        [location?.description, key].compactMap { $0 }.map { $0.singleLine + ": " }.joined() + text.singleLine
    }
}
