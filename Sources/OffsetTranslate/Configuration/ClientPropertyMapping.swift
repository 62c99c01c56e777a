public import KafkaClient

/// The properties of a Kafka client as the Java client names them, turned into librdkafka's.
///
/// librdkafka's own names pass, if the linked librdkafka takes them. A Java setting that protects the connection and
/// has no counterpart is refused; one that tunes it is warned of; an unknown one is warned of with the nearest name.
public struct ClientPropertyMapping: Sendable {
    public private(set) var properties = ClientProperties()
    public private(set) var warnings: [ConfigurationWarning] = []

    /// What is still to be looked at.
    private(set) var remaining: Settings

    /// - Parameters:
    ///   - javaProperties: names and values, as given to a Java client.
    ///   - location: where they come from, for messages.
    /// - Throws: a ``ConfigurationError`` of kind `unsupported`, `invalid` or `conflict`.
    public init(
        _ javaProperties: [String: String], at location: ConfigurationLocation? = nil
    ) throws(ConfigurationError) {
        var settings = Settings()
        for (name, value) in javaProperties { settings[name] = Setting(value: value, key: name, location: location) }
        try self.init(settings)
    }

    init(_ settings: Settings) throws(ConfigurationError) {
        remaining = settings
        let security = try mapProtocol()
        try mapSASL(security)
        try mapTLS(security)
        try mapBootstrap()
        for name in remaining.keys.sorted() {
            if let setting = take(name) { try mapOther(name, setting) }
        }
    }
}

// MARK: - What every part of the mapping uses

extension ClientPropertyMapping {
    /// Removes and gives a setting; an empty one counts as absent.
    mutating func take(_ name: String) -> Setting? {
        guard let setting = remaining.removeValue(forKey: name), !setting.text.isEmpty else { return nil }
        return setting
    }

    /// Like ``take(_:)``, for the settings to which emptiness means something.
    mutating func takeEvenEmpty(_ name: String) -> Setting? { remaining.removeValue(forKey: name) }

    func has(_ name: String) -> Bool { remaining[name]?.text.isEmpty == false }

    mutating func warn(_ setting: Setting, _ text: String) { warnings.append(setting.warning(text)) }
    mutating func note(_ setting: Setting, _ text: String) { warnings.append(setting.note(text)) }

    /// Sets a librdkafka property, if librdkafka takes it.
    mutating func put(_ name: String, _ value: String, from setting: Setting) throws(ConfigurationError) {
        switch ClientProperties.check(name, value) {
        case .accepted:
            if setting.isSecret { properties.setSecret(name, to: value) } else { properties[name] = value }
        case .unknown:
            throw setting.error(
                .unsupported, "the linked librdkafka has no “\(name)”",
                remedy: "Link a newer librdkafka, or one built with the feature")
        case .invalid(let text):
            // A number that Java takes and librdkafka does not is a matter of range, and no reason to stop.
            if Int64(value) != nil, !ClientNames.isShared(name) {
                return warn(setting, "outside librdkafka's range for “\(name)”; its default is used")
            }
            if text.contains("not supported in this build") {
                if name.hasPrefix("sasl.oauthbearer") { throw Self.withoutEndpoints(setting) }
                throw setting.error(
                    .unsupported, "the linked librdkafka was built without what “\(name)” needs",
                    remedy: "Link a librdkafka that has it")
            }
            let isSecret = setting.isSecret || ClientProperties.isSecret(name)
            throw setting.error(
                .invalid, "not acceptable to librdkafka" + (isSecret ? "" : ": \(text)"),
                remedy: "Correct the value")
        }
    }

    /// Sets a property that the mapping itself derives from a setting.
    mutating func take(_ name: String, as native: String) throws(ConfigurationError) {
        if let setting = take(name) { try put(native, setting.text, from: setting) }
    }
}

// MARK: - Where, and everything that is neither SASL nor TLS

extension ClientPropertyMapping {
    private mutating func mapBootstrap() throws(ConfigurationError) {
        guard let setting = take("bootstrap.servers") else { return }
        let hosts = NameFilter.list(setting.text).filter { !$0.isEmpty }
        guard !hosts.isEmpty else {
            throw setting.error(.invalid, "names no broker", remedy: "Write host:port, several separated by commas")
        }
        try put("bootstrap.servers", hosts.joined(separator: ","), from: setting)
    }

    private mutating func mapOther(_ name: String, _ setting: Setting) throws(ConfigurationError) {
        if let reason = ClientNames.controlled[name] {
            note(setting, "no effect: \(reason)")
        } else if let (native, divisor) = ClientNames.renamed[name] {
            try mapRenamed(setting, to: native, divisor: divisor)
        } else if ClientProperties.check(name, setting.text) != .unknown {
            // Passwords keep their white space; names and numbers have none to keep.
            try put(name, ClientProperties.isSecret(name) ? setting.value : setting.text, from: setting)
        } else if ClientNames.javaOnly.contains(name) {
            warn(setting, "a setting of the Java client; librdkafka has nothing like it, so it has no effect")
        } else if let key = MirrorKey(written: name) {
            warn(setting, "a MirrorMaker setting, which has no effect on a client; set “\(key.rawValue)” for the flow")
        } else if let reason = ConnectNames.reason(name) {
            note(setting, reason)
        } else {
            let prefix = String(setting.key.dropLast(setting.key.hasSuffix(name) ? name.count : setting.key.count))
            warn(
                setting,
                "unknown client property; it has no effect."
                    + NameSuggestion.question(for: name, among: ClientNames.all, prefix: prefix))
        }
    }

    private mutating func mapRenamed(
        _ setting: Setting, to native: String, divisor: Int64
    ) throws(ConfigurationError) {
        guard let number = Int64(setting.text) else {
            throw setting.error(.invalid, "\(setting.quoted) is not a whole number", remedy: "Write digits only")
        }
        // The more exact name wins where a configuration has both.
        if !has(native), properties[native] == nil { try put(native, String(number / divisor), from: setting) }
    }
}
