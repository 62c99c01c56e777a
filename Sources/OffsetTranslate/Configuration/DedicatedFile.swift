/// An `mm2.properties`: several clusters and the flows between them, as `MirrorMakerConfig` reads it.
///
/// Precedence, lowest first: a bare key; `A.key`; for clients what is below `A.consumer.` (`producer.`, `admin.`);
/// `A->B.key`. ``settings(of:)`` gives what a connector of the flow would be given.
struct DedicatedFile {
    let properties: JavaProperties
    let clusters: [String]
    private let all: Settings

    /// - Throws: a ``ConfigurationError`` if there is no usable `clusters`, or a flow is written with spaces.
    init(_ properties: JavaProperties) throws(ConfigurationError) {
        self.properties = properties
        all = Settings(properties)
        guard let list = all["clusters"] else {
            throw ConfigurationError(
                .missing, at: .init(file: properties.file), key: "clusters", "the file names no clusters",
                remedy: "Write clusters = A, B, and A.bootstrap.servers = ...")
        }
        clusters = NameFilter.list(list.text).filter { !$0.isEmpty }
        guard clusters.count > 1 else {
            throw list.error(.invalid, "fewer than two clusters are named", remedy: "Write clusters = A, B")
        }
        for entry in properties.entries where entry.value.hasPrefix("->") {
            throw ConfigurationError(
                .malformed, at: .init(file: properties.file, line: entry.line), key: entry.key,
                "white space ends a key, so this is not a flow", remedy: "Write A->B.key without spaces around the arrow")
        }
    }

    /// The providers that `config.providers` declares, besides the standard ones.
    func providers(warnings: inout [ConfigurationWarning]) -> [String: ConfigValueResolver.Provider] {
        var providers = ConfigValueResolver.standardProviders
        for name in all["config.providers"].map({ NameFilter.list($0.text) }) ?? [] where !name.isEmpty {
            guard let declared = all["config.providers.\(name).class"] else { continue }
            if let provider = ConfigValueResolver.Provider(className: declared.text) {
                providers[name] = provider
            } else {
                providers[name] = nil
                warnings.append(declared.warning("an unknown config provider; what refers to “\(name)” cannot be read"))
            }
        }
        return providers
    }
}

// MARK: - Flows

extension DedicatedFile {
    typealias Flow = (source: String, target: String)

    /// The flow asked for, or else the one that is enabled.
    func choose(_ wanted: Flow?) throws(ConfigurationError) -> Flow {
        guard let wanted else { return try onlyEnabled() }
        for alias in [wanted.source, wanted.target] where !clusters.contains(alias) {
            throw ConfigurationError(
                .flow, at: all["clusters"]?.location, key: "clusters",
                "there is no cluster “\(alias)”" + NameSuggestion.question(for: alias, among: clusters),
                remedy: "The file names: \(clusters.joined(separator: ", "))")
        }
        return wanted
    }

    private func onlyEnabled() throws(ConfigurationError) -> Flow {
        let enabled = pairs.filter { all["\($0.source)->\($0.target).enabled"]?.text.lowercased() == "true" }
        if let only = enabled.first, enabled.count == 1 { return only }
        let names = (enabled.isEmpty ? pairs : enabled).map { "\($0.source)->\($0.target)" }.joined(separator: ", ")
        throw ConfigurationError(
            .flow, at: .init(file: properties.file),
            enabled.isEmpty ? "no flow is enabled" : "several flows are enabled",
            remedy: "Choose one of: \(names)" + (enabled.isEmpty ? "; or set A->B.enabled = true" : ""))
    }

    private var pairs: [Flow] {
        clusters.flatMap { source in clusters.filter { $0 != source }.map { (source, $0) } }
    }
}

// MARK: - What a flow is given

extension DedicatedFile {
    func settings(of flow: Flow) -> Settings {
        var given = all.filter { Self.isGlobal($0.key) }
        for (side, alias) in [(ClusterSide.source, flow.source), (.target, flow.target)] {
            for (name, setting) in cluster(alias) {
                let isForOneKind = ClientRole.allCases.contains { name.hasPrefix($0.rawValue) }
                given["\(side)." + (isForOneKind ? "" : "cluster.") + name] = setting
            }
        }
        for (key, alias) in [(MirrorKey.sourceAlias, flow.source), (.targetAlias, flow.target)] {
            given[key.rawValue] = Setting(value: alias, key: "clusters", location: all["clusters"]?.location)
        }
        let name = "\(flow.source)->\(flow.target)."
        for key in MirrorKey.allCases where key.isOfWorkers { given[key.rawValue] = all["\(flow.target).\(key.rawValue)"] }
        given = given.overlaid(with: all.below(name).filter { MirrorKey(written: $0.key)?.isOfWorkers != true })
        if given[MirrorKey.enabled.rawValue] == nil {
            given[MirrorKey.enabled.rawValue] = Setting(
                value: "false", key: name + "enabled", location: .init(file: properties.file))
        }
        return given
    }

    /// What is set for a cluster, and what reaches all its clients, spelled out for each kind.
    ///
    /// The order is MirrorMaker's: for one kind of client, what is set for the whole cluster counts less than what is
    /// set for that kind, and what is set for all clusters counts least.
    private func cluster(_ alias: String) -> Settings {
        var given = all.below(alias + ".").filter { MirrorKey(written: $0.key) == nil }
        for source in [given, all] {
            for (name, setting) in source where ClientNames.isShared(name) {
                for role in ClientRole.allCases where given[role.prefix + name] == nil { given[role.prefix + name] = setting }
                if given[name] == nil { given[name] = setting }
            }
        }
        return given
    }

    /// Whether a bare key reaches the connectors: `MirrorMakerConfig` keeps those that a connector defines.
    static func isGlobal(_ name: String) -> Bool {
        guard let key = MirrorKey(written: name) else { return false }
        return ![.useDefaultsFrom, .sourceAlias, .targetAlias].contains(key) && !key.isOfWorkers
    }
}
