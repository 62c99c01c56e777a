internal import Foundation

/// Replaces `${provider:path:key}` in values, as Kafka's `ConfigTransformer` does with Kafka's own config providers.
///
/// Where Kafka leaves an expression that leads nowhere as it is, and lets the client fail with it, this throws.
/// What a provider gave is not looked at again for further expressions.
public struct ConfigValueResolver: Sendable {
    public enum Provider: Sendable, Equatable {
        /// `FileConfigProvider`: `${file:/path/of.properties:key}`.
        case file
        /// `EnvVarConfigProvider`: `${env:NAME}`.
        case environment
        /// `DirectoryConfigProvider`: `${directory:/path:file}`, the whole content of a file, untrimmed.
        case directory

        /// The provider that a `config.providers.NAME.class` names.
        public init?(className: String) {
            switch className.split(separator: ".").last {
            case "FileConfigProvider": self = .file
            case "EnvVarConfigProvider": self = .environment
            case "DirectoryConfigProvider": self = .directory
            default: return nil
            }
        }
    }

    /// A value with every expression replaced. Its description never shows it if it came through a provider.
    public struct Resolved: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
        public var value: String
        /// Whether any of it came through a provider.
        public var isSecret: Bool

        public var description: String { isSecret ? "(secret)" : value }
        public var customMirror: Mirror { Mirror(self, children: ["value": description]) }
    }

    /// The names that work without being declared: `file`, `env` and `directory`.
    public static let standardProviders: [String: Provider] = [
        "file": .file, "env": .environment, "directory": .directory,
    ]

    public var providers: [String: Provider]
    private let environment: [String: String]

    /// - Parameter environment: what `${env:...}` reads; the process's own unless told otherwise.
    public init(
        providers: [String: Provider] = ConfigValueResolver.standardProviders, environment: [String: String]? = nil
    ) {
        self.providers = providers
        self.environment = environment ?? ProcessInfo.processInfo.environment
    }

    /// The value with its expressions replaced.
    ///
    /// - Parameters:
    ///   - key: the setting whose value this is, for messages.
    ///   - location: where that setting is.
    /// - Throws: a ``ConfigurationError`` of kind `unresolved`, or `unreadable` or `malformed` for a provider's file.
    public func resolve(
        _ value: String, key: String, at location: ConfigurationLocation? = nil
    ) throws(ConfigurationError) -> Resolved {
        var plain = ""
        var isSecret = false
        var rest = value[...]
        while let start = rest.firstRange(of: "${") {
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            let parts = rest[start.upperBound..<end].split(
                separator: ":", maxSplits: 2, omittingEmptySubsequences: false
            ).map(String.init)
            plain += rest[..<start.lowerBound]
            guard parts.count > 1 else {
                // No provider: the text stays, and an expression may start inside it.
                plain += rest[start]
                rest = rest[start.upperBound...]
                continue
            }
            let reference = Reference(
                provider: parts[0], path: parts.count == 3 ? parts[1] : "", name: parts[parts.count - 1],
                key: key, location: location)
            plain += try lookUp(reference)
            isSecret = true
            rest = rest[rest.index(after: end)...]
        }
        return Resolved(value: plain + rest, isSecret: isSecret)
    }

    func resolve(_ setting: Setting) throws(ConfigurationError) -> Setting {
        let resolved = try resolve(setting.value, key: setting.key, at: setting.location)
        var setting = setting
        setting.value = resolved.value
        setting.isSecret = setting.isSecret || resolved.isSecret
        return setting
    }

    private struct Reference {
        var provider: String, path: String, name: String
        var key: String
        var location: ConfigurationLocation?

        func error(_ problem: String, _ remedy: String) -> ConfigurationError {
            ConfigurationError(.unresolved, at: location, key: key, problem, remedy: remedy)
        }
    }

    private func lookUp(_ reference: Reference) throws(ConfigurationError) -> String {
        switch providers[reference.provider] {
        case .file: return try fileValue(reference)
        case .environment: return try environmentValue(reference)
        case .directory: return try directoryValue(reference)
        case nil:
            throw reference.error(
                "there is no config provider named “\(reference.provider)”",
                "Known here: \(providers.keys.sorted().joined(separator: ", ")); "
                    + "those of other systems (Vault, AWS, ...) must be replaced by one of them")
        }
    }

    private func fileValue(_ reference: Reference) throws(ConfigurationError) -> String {
        let bytes = try ConfigurationText.bytes(of: reference.path, at: reference.location, key: reference.key)
        let properties: JavaProperties
        do {
            properties = try JavaProperties(parsing: bytes, file: reference.path)
        } catch {
            var error = error
            error.key = reference.key
            throw error
        }
        guard let value = properties[reference.name] else {
            throw reference.error(
                "\(reference.path) has no key “\(reference.name)”", "Add the key to that file or correct the reference")
        }
        return value
    }

    private func environmentValue(_ reference: Reference) throws(ConfigurationError) -> String {
        guard reference.path.isEmpty else {
            throw reference.error("an environment variable has no path", "Write ${\(reference.provider):NAME}")
        }
        guard let value = environment[reference.name] else {
            throw reference.error(
                "the environment variable “\(reference.name)” is not set", "Set it, or correct the reference")
        }
        return value
    }

    private func directoryValue(_ reference: Reference) throws(ConfigurationError) -> String {
        guard !reference.path.isEmpty, !reference.name.isEmpty, !reference.name.contains("/") else {
            throw reference.error(
                "a directory reference names a directory and a file in it",
                "Write ${\(reference.provider):/directory:file}")
        }
        let path = reference.path.hasSuffix("/") ? reference.path + reference.name : reference.path + "/" + reference.name
        let bytes = try ConfigurationText.bytes(of: path, at: reference.location, key: reference.key)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw reference.error("\(path) is not UTF-8 text", "Store the value as UTF-8")
        }
        return text
    }
}
