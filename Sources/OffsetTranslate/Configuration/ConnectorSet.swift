/// Several connectors' configurations that together describe one flow.
struct ConnectorSet {
    let documents: [ConnectorDocument]
    private(set) var warnings: [ConfigurationWarning] = []

    /// Chooses the connectors of one flow.
    ///
    /// - Throws: a ``ConfigurationError`` of kind `flow` if there is none, or several and none was asked for.
    init(_ all: [ConnectorDocument], flow: (source: String, target: String)?) throws(ConfigurationError) {
        for other in all where other.foreignClass != nil {
            warnings.append(
                .init(.note, key: "connector.class", at: other.location, "“\(other.name)” is not a MirrorMaker connector; skipped"))
        }
        var own = all.filter { $0.foreignClass == nil }
        guard let first = own.first else {
            throw ConfigurationError(
                .flow, at: all.first?.location, "there is no MirrorMaker connector here",
                remedy: "Give the configuration of MirrorSourceConnector or MirrorCheckpointConnector")
        }
        if let flow {
            own = own.filter { $0.sourceAlias == flow.source && $0.targetAlias == flow.target }
            guard !own.isEmpty else {
                throw ConfigurationError(
                    .flow, at: first.location, "no connector mirrors \(flow.source)->\(flow.target)",
                    remedy: "There are: \(Self.flows(all))")
            }
        }
        documents = own.sorted { ($0.connector ?? .heartbeat) < ($1.connector ?? .heartbeat) }
        try checkAliases(all)
    }

    private func checkAliases(_ all: [ConnectorDocument]) throws(ConfigurationError) {
        for key in [MirrorKey.sourceAlias, .targetAlias] {
            let values = documents.filter { key == .targetAlias || $0.settings[key.rawValue] != nil }
            guard let first = values.first else { continue }
            for other in values.dropFirst() where effective(key, other) != effective(key, first) {
                throw ConfigurationError(
                    .conflict, at: other.settings[key.rawValue]?.location ?? other.location, key: key.rawValue,
                    "“\(other.name)” and “\(first.name)” belong to different flows",
                    remedy: "Give the connectors of one flow, or choose one of: \(Self.flows(all))")
            }
        }
    }

    /// The flows of some connectors; those whose aliases are secret are not named.
    private static func flows(_ documents: [ConnectorDocument]) -> String {
        let names = documents.filter { $0.foreignClass == nil }.map { document in
            let isSecret = [MirrorKey.sourceAlias, .targetAlias].contains {
                document.settings[$0.rawValue]?.isSecret == true
            }
            return isSecret ? "that of “\(document.name)”" : "\(document.sourceAlias ?? "?")->\(document.targetAlias)"
        }
        return Set(names).sorted().joined(separator: ", ")
    }

    private func effective(_ key: MirrorKey, _ document: ConnectorDocument) -> String {
        document.settings[key.rawValue]?.text ?? key.defaultText
    }
}

// MARK: - Merging

extension ConnectorSet {
    /// One map of settings: for each key the word of the connector that reads it.
    ///
    /// - Throws: a ``ConfigurationError`` of kind `conflict` where the connectors could not work together.
    mutating func merged() throws(ConfigurationError) -> Settings {
        for key in MirrorKey.allCases where key.mustAgree { try checkAgreement(key) }
        var merged = Settings()
        for name in Set(documents.flatMap(\.settings.keys)).sorted() {
            merged[name] = try choose(name)
        }
        return merged
    }

    private func checkAgreement(_ key: MirrorKey) throws(ConfigurationError) {
        let concerned = documents.filter { document in
            guard let connector = document.connector else { return document.settings[key.rawValue] != nil }
            // A heartbeat connector names no mirrored topic, and need not know the policy's details.
            return key.readers.contains(connector) && (connector != .heartbeat || document.settings[key.rawValue] != nil)
        }
        guard let first = concerned.first else { return }
        for other in concerned.dropFirst() where effective(key, other) != effective(key, first) {
            throw ConfigurationError(
                .conflict, at: other.settings[key.rawValue]?.location ?? other.location, key: key.rawValue,
                "“\(other.name)” and “\(first.name)” do not agree",
                remedy: "Set the same in both; where one does not set it, the default counts: “\(key.defaultText)”")
        }
    }

    private mutating func choose(_ name: String) throws(ConfigurationError) -> Setting? {
        let holders = documents.filter { $0.settings[name] != nil }
        guard let key = MirrorKey(written: name), documents.contains(where: { reads($0, key) }) else {
            return try chooseShared(name, holders)
        }
        let readers = holders.filter { reads($0, key) }
        guard let first = readers.first, let chosen = first.settings[name] else {
            if let holder = holders.first, let setting = holder.settings[name] {
                let text = "no effect: \(holder.connector?.rawValue ?? holder.name) does not read this key"
                // Every connector may have it, for Connect.
                warnings.append(key == .tasksMax ? setting.note(text) : setting.warning(text))
            }
            return nil
        }
        for other in readers.dropFirst() { warnIfDifferent(other, first, name, chosen) }
        return chosen
    }

    private func reads(_ document: ConnectorDocument, _ key: MirrorKey) -> Bool {
        document.connector.map(key.readers.contains) ?? true
    }

    private mutating func chooseShared(_ name: String, _ holders: [ConnectorDocument]) throws(ConfigurationError) -> Setting? {
        guard let first = holders.first, let chosen = first.settings[name] else { return nil }
        for other in holders.dropFirst() {
            guard name.hasSuffix(".cluster.bootstrap.servers") else {
                if ConnectNames.reason(name) == nil { warnIfDifferent(other, first, name, chosen) }
                continue
            }
            guard let value = other.settings[name], hosts(value) != hosts(chosen) else { continue }
            throw value.error(
                .conflict, "“\(other.name)” and “\(first.name)” name different brokers",
                remedy: "Name the same brokers in both, or give the connectors of one flow only")
        }
        return chosen
    }

    private func hosts(_ setting: Setting) -> Set<String> { Set(NameFilter.list(setting.text)) }

    private mutating func warnIfDifferent(
        _ other: ConnectorDocument, _ first: ConnectorDocument, _ name: String, _ chosen: Setting
    ) {
        guard let setting = other.settings[name], setting.text != chosen.text else { return }
        warnings.append(setting.warning("“\(first.name)” has another value, which is the one used"))
    }
}
