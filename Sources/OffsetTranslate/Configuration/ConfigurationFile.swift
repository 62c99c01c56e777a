/// Reads the configuration of one flow from files as MirrorMaker 2 has them.
///
/// A file is a dedicated `mm2.properties` (it names `clusters`), a connector's configuration as JSON, or the same as a
/// properties file for standalone Connect. What a file is, its content says; its name does not matter.
public enum ConfigurationFile {
    /// Reads one file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - flow: which flow, by aliases; nil if the file leaves no choice.
    /// - Returns: the flow, and what its writer should know.
    /// - Throws: the first ``ConfigurationError`` found.
    public static func load(
        path: String, flow: (source: String, target: String)? = nil
    ) throws(ConfigurationError) -> (FlowConfiguration, [ConfigurationWarning]) {
        try load(paths: [path], flow: flow)
    }

    /// Reads several connectors' configurations that describe one flow, and checks that they agree.
    ///
    /// - Parameters:
    ///   - paths: one `mm2.properties`, or any number of connector files.
    ///   - flow: which flow, by aliases; nil if the files leave no choice.
    ///   - overrides: settings that count more than any file's, by the keys of a connector (`topics`,
    ///     `source.cluster.bootstrap.servers`).
    ///   - resolver: what replaces `${provider:path:key}`; the file's own `config.providers` come on top.
    /// - Returns: the flow, and what its writer should know.
    /// - Throws: the first ``ConfigurationError`` found.
    public static func load(
        paths: [String], flow: (source: String, target: String)? = nil, overrides: [String: String] = [:],
        resolver: ConfigValueResolver = ConfigValueResolver()
    ) throws(ConfigurationError) -> (FlowConfiguration, [ConfigurationWarning]) {
        var contents: [Content] = []
        for path in paths { contents.append(Content(bytes: try ConfigurationText.bytes(of: path), file: path)) }
        return try load(contents, flow: flow, overrides: overrides, resolver: resolver)
    }

    /// A file's bytes and the name messages call it by.
    struct Content {
        var bytes: [UInt8]
        var file: String

        /// JSON starts with a brace or bracket; no sensible key of a properties file does.
        var isJSON: Bool {
            let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
            let first = text.first { !" \t\r\n".utf8.contains($0) }
            return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        }
    }

    static func load(
        _ contents: [Content], flow: (source: String, target: String)?, overrides: [String: String] = [:],
        resolver: ConfigValueResolver
    ) throws(ConfigurationError) -> (FlowConfiguration, [ConfigurationWarning]) {
        var warnings: [ConfigurationWarning] = []
        var connectors: [ConnectorDocument] = []
        var dedicated: [DedicatedFile] = []
        for content in contents {
            guard !content.isJSON else {
                let json = try JSONText(parsing: content.bytes, file: content.file)
                connectors += try ConnectorDocument.all(in: json, file: content.file, warnings: &warnings)
                continue
            }
            let properties = try JavaProperties(parsing: content.bytes, file: content.file)
            if let standalone = ConnectorDocument(standalone: properties) {
                connectors.append(standalone)
            } else {
                dedicated.append(try DedicatedFile(properties))
            }
        }
        var assembly: FlowAssembly
        if let file = dedicated.first {
            guard dedicated.count == 1, connectors.isEmpty else { throw mixed(contents) }
            assembly = try assemble(file, flow, overrides, resolver, warnings)
        } else {
            assembly = try assemble(connectors, flow, overrides, resolver, warnings)
        }
        let configuration = try assembly.assemble()
        return (configuration, assembly.distinctWarnings)
    }

    private static func mixed(_ contents: [Content]) -> ConfigurationError {
        ConfigurationError(
            .conflict, at: contents.last.map { .init(file: $0.file) },
            "an mm2.properties says all there is to say, and was given with other files",
            remedy: "Give it alone, or give the connectors' files")
    }

    private static func assemble(
        _ file: DedicatedFile, _ wanted: (source: String, target: String)?, _ overrides: [String: String],
        _ resolver: ConfigValueResolver, _ warnings: [ConfigurationWarning]
    ) throws(ConfigurationError) -> FlowAssembly {
        let flow = try file.choose(wanted)
        var warnings = warnings + file.review()
        var resolver = resolver
        resolver.providers.merge(file.providers(warnings: &warnings)) { _, declared in declared }
        let extra = try Settings(commandLine: overrides, resolver: resolver)
        let settings = try file.settings(of: flow).overlaid(with: extra).resolved(by: resolver, warnings: &warnings)
        return FlowAssembly(settings: settings, warnings: warnings + extra.reviewed)
    }

    private static func assemble(
        _ connectors: [ConnectorDocument], _ flow: (source: String, target: String)?, _ overrides: [String: String],
        _ resolver: ConfigValueResolver, _ warnings: [ConfigurationWarning]
    ) throws(ConfigurationError) -> FlowAssembly {
        var warnings = warnings
        var resolved: [ConnectorDocument] = []
        for connector in connectors {
            var connector = connector
            // Another connector's secrets are none of ours, and may be out of reach.
            if connector.foreignClass == nil {
                connector.settings = try connector.settings.resolved(by: resolver, warnings: &warnings)
            }
            resolved.append(connector)
        }
        var set = try ConnectorSet(resolved, flow: flow)
        let extra = try Settings(commandLine: overrides, resolver: resolver)
        let settings = try set.merged().overlaid(with: extra)
        var assembly = FlowAssembly(settings: settings, warnings: warnings + set.warnings)
        assembly.reviewKeys()
        return assembly
    }
}

extension Settings {
    /// A properties file's settings; of keys that are set twice, the last.
    init(_ properties: JavaProperties) {
        self.init(
            properties.entries.map { entry in
                let location = ConfigurationLocation(file: properties.file, line: entry.line)
                return (entry.key, Setting(value: entry.value, key: entry.key, location: location))
            }, uniquingKeysWith: { _, last in last })
    }

    /// Settings given on the command line.
    init(commandLine values: [String: String], resolver: ConfigValueResolver) throws(ConfigurationError) {
        self.init()
        for (name, value) in values {
            self[name] = try resolver.resolve(Setting(value: value, key: name, location: .commandLine))
        }
    }

    /// These settings with every `${provider:path:key}` replaced.
    func resolved(
        by resolver: ConfigValueResolver, warnings: inout [ConfigurationWarning]
    ) throws(ConfigurationError) -> Settings {
        var resolved = Settings()
        for name in keys.sorted() {
            guard let setting = self[name] else { continue }
            let result = try resolver.resolve(setting)
            if result.isSecret, !setting.isSecret, result.value.hasSuffix("\n"), !result.value.contains("-----END ") {
                warnings.append(result.warning("the provider's value ends with a line break, which belongs to it as in Kafka"))
            }
            resolved[name] = result
        }
        return resolved
    }

    fileprivate var reviewed: [ConfigurationWarning] {
        keys.sorted().compactMap { name in self[name].flatMap { ConnectorKey.review(name, $0) } }
    }
}

extension ConnectorDocument {
    /// A connector's configuration for standalone Connect, if the file is one.
    fileprivate init?(standalone properties: JavaProperties) {
        let settings = Settings(properties)
        guard settings["clusters"] == nil, settings["connector.class"] != nil || settings[MirrorKey.sourceAlias.rawValue] != nil
        else { return nil }
        self.init(name: nil, settings: settings, location: .init(file: properties.file))
    }
}
