internal import Foundation

/// One value on its way from a file to where it is used, with all that a message about it needs.
struct Setting: Sendable, CustomStringConvertible, CustomReflectable {
    var value: String
    /// Whether the value, or part of it, came through a config provider.
    var isSecret = false
    /// The key as the file has it, prefixes included.
    var key: String
    var location: ConfigurationLocation?

    /// The value as Kafka's ConfigDef reads names, numbers and lists: without white space around it.
    var text: String { value.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The value for a message; for keys that are not secret by their name.
    var quoted: String { isSecret ? "the value (from a config provider)" : "“\(text)”" }

    var description: String { key }
    var customMirror: Mirror { Mirror(self, children: ["key": key]) }

    func warning(_ text: String) -> ConfigurationWarning { .init(.warning, key: key, at: location, text) }
    func note(_ text: String) -> ConfigurationWarning { .init(.note, key: key, at: location, text) }
    func error(_ kind: ConfigurationError.Kind, _ problem: String, remedy: String = "") -> ConfigurationError {
        .init(kind, at: location, key: key, problem, remedy: remedy)
    }
}

/// Settings by the name under which a reader looks for them.
typealias Settings = [String: Setting]

extension Settings {
    /// The settings below a prefix, the prefix taken off.
    func below(_ prefix: String) -> Settings {
        reduce(into: [:]) { found, entry in
            guard entry.key.hasPrefix(prefix), entry.key.utf8.count > prefix.utf8.count else { return }
            found[String(entry.key.dropFirst(prefix.count))] = entry.value
        }
    }

    /// These with `other` laid over them.
    func overlaid(with other: Settings) -> Settings { merging(other) { _, new in new } }
}
