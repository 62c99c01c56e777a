internal import CRdkafka
internal import Foundation

/// The librdkafka properties of one client: any name that the linked librdkafka knows, SASL and TLS included.
///
/// Values may be secrets, so no description of this type shows one: ``description`` and ``redacted`` replace them.
public struct ClientProperties: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    private var values: [String: String]
    /// Names whose values are secret for a reason the name does not tell.
    private var secretNames: Set<String> = []

    public init(_ values: [String: String] = [:]) { self.values = values }

    public subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// Sets a value that no description shows, whatever the property's name.
    ///
    /// For values that came from a secret store: even a host name is then not ours to print.
    public mutating func setSecret(_ name: String, to value: String) {
        values[name] = value
        secretNames.insert(name)
    }

    /// What `security.protocol` turns on; nothing where it is not set.
    package var usesTLS: Bool { values["security.protocol"]?.lowercased().hasSuffix("ssl") == true }
    package var usesSASL: Bool { values["security.protocol"]?.lowercased().hasPrefix("sasl") == true }

    /// With librdkafka's log saying when `kinit` begins and ends, where it is used; ``ClientDiagnostics`` keeps what else it says to itself.
    ///
    /// Kerberos is librdkafka's default, as it is Java's.
    var hearingOfTickets: ClientProperties {
        usesSASL && values["sasl.mechanisms"] ?? "GSSAPI" == "GSSAPI" ? ClientProperties(["debug": "security"]).merging(self) : self
    }

    public var names: [String] { values.keys.sorted() }

    /// These properties with those of `other` laid over them.
    public func merging(_ other: ClientProperties) -> ClientProperties {
        var merged = ClientProperties(values.merging(other.values) { _, new in new })
        merged.secretNames = secretNames.union(other.secretNames)
        return merged
    }

    /// Same names with same values; where a value came from does not matter.
    public static func == (a: Self, b: Self) -> Bool { a.values == b.values }

    /// Whether the value of a property of these must never be shown.
    public func hasSecret(_ name: String) -> Bool { Self.isSecret(name) || secretNames.contains(name) }

    /// The secrets among these that can be kept out of a text, the longest first: one of less than four characters would be found everywhere.
    var secrets: [String] {
        values.filter { hasSecret($0.key) && $0.value.utf8.count >= 4 }.map(\.value).sorted { $0.utf8.count > $1.utf8.count }
    }

    /// What can't be read of the files that these name.
    var unreadableFiles: [String] {
        names.filter { $0.hasSuffix(".location") || $0 == "sasl.kerberos.keytab" }.compactMap { name in
            guard let path = values[name], !hasSecret(name), access(path, R_OK) != 0 else { return nil }
            return "\(name): '\(path)' can't be read (\(String(cString: strerror(errno))))"
        }
    }

    /// Names and values, with every secret's value replaced.
    public var redacted: [String: String] {
        values.reduce(into: [:]) {
            $0[$1.key] = hasSecret($1.key) ? "(secret)" : $1.value
        }
    }

    public var description: String {
        redacted.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    public var customMirror: Mirror { Mirror(self, children: redacted.map { (label: $0.key, value: $0.value) }) }

    /// Whether the value of a property must never be shown.
    public static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        if name == "sasl.username" || name.hasSuffix("location") { return false }
        return ["password", "secret", "key.pem", "ssl.key", "jaas", "oauthbearer.config", "token"]
            .contains { name.contains($0) }
    }

    public enum Verdict: Equatable, Sendable {
        case accepted
        /// librdkafka has no property of this name (or was built without the feature).
        case unknown
        /// The name is known, the value is not acceptable; the text is librdkafka's and holds no secret.
        case invalid(String)
    }

    /// What the linked librdkafka says of one property. Reads no file and opens no connection.
    public static func check(_ name: String, _ value: String) -> Verdict {
        // Owned here: made and destroyed within this call.
        let conf = rd_kafka_conf_new()
        defer { rd_kafka_conf_destroy(conf) }
        var text = [CChar](repeating: 0, count: 512)
        switch rd_kafka_conf_set(conf, name, value, &text, text.count) {
        case RD_KAFKA_CONF_OK: return .accepted
        case RD_KAFKA_CONF_UNKNOWN: return .unknown
        default: return .invalid(isSecret(name) ? "the value of \(name) is not acceptable" : string(text))
        }
    }

    /// Hands every name and value to the layer that configures librdkafka.
    func forEach(_ body: (String, String) throws -> Void) rethrows {
        for (name, value) in values { try body(name, value) }
    }
}
