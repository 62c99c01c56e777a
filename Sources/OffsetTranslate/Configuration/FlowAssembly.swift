internal import KafkaClient

/// Builds a ``FlowConfiguration`` from settings as a connector has them, resolved: one path for every kind of source.
struct FlowAssembly {
    let settings: Settings
    private(set) var warnings: [ConfigurationWarning] = []

    init(settings: Settings, warnings: [ConfigurationWarning] = []) {
        self.settings = settings
        self.warnings = warnings
    }

    /// In the order they came up, each once: a cluster's setting may reach several clients.
    var distinctWarnings: [ConfigurationWarning] {
        var seen: Set<ConfigurationWarning> = []
        return warnings.filter { seen.insert($0).inserted }
    }

    /// Warns of every key that has no effect.
    mutating func reviewKeys() {
        for name in settings.keys.sorted() {
            if let setting = settings[name], let warning = ConnectorKey.review(name, setting) { warnings.append(warning) }
        }
    }

    mutating func assemble() throws(ConfigurationError) -> FlowConfiguration {
        var flow = FlowConfiguration(source: try cluster(.source), target: try cluster(.target))
        try check(flow)
        flow.enabled = try bool(.enabled)
        flow.replicationPolicy = try policy()
        flow.topics = try filter(.topics, .topicsExclude)
        flow.groups = try filter(.groups, .groupsExclude)
        flow.topicProperties = try filter(nil, .configPropertiesExclude)
        flow.useDefaultsFrom = try side(.useDefaultsFrom)
        flow.offsetSyncsLocation = try side(.offsetSyncsLocation)
        flow.offsetSyncsLocationIsGiven = setting(.offsetSyncsLocation) != nil
        flow.offsetLagMax = try number(.offsetLagMax, 0...Int64.max)
        flow.emitOffsetSyncs = try bool(.emitOffsetSyncs)
        flow.heartbeatsReplication = try bool(.heartbeatsReplication)
        try readWork(&flow)
        flow.replicationFactor = try replicas(.replicationFactor)
        flow.offsetSyncsReplicationFactor = try replicas(.offsetSyncsReplicationFactor)
        flow.checkpointsReplicationFactor = try replicas(.checkpointsReplicationFactor)
        flow.heartbeatsReplicationFactor = try replicas(.heartbeatsReplicationFactor)
        flow.adminTimeout = .milliseconds(try number(.adminTimeout, 1...Int64.max))
        flow.consumerPollTimeout = .milliseconds(try number(.consumerPollTimeout, 0...Int64.max))
        flow.offsetFlushInterval = .milliseconds(try number(.offsetFlushInterval, 1...Int64.max))
        flow.mirror = try mirrorSettings()
        flow.status = try statusSettings()
        review(flow)
        return flow
    }

    private mutating func readWork(_ flow: inout FlowConfiguration) throws(ConfigurationError) {
        flow.refreshTopics = try work(.refreshTopicsEnabled, .refreshTopicsInterval)
        flow.refreshGroups = try work(.refreshGroupsEnabled, .refreshGroupsInterval)
        flow.syncTopicConfigs = try work(.syncTopicConfigsEnabled, .syncTopicConfigsInterval)
        flow.syncTopicACLs = try work(.syncTopicACLsEnabled, .syncTopicACLsInterval)
        // These two wait for their interval themselves; Java's scheduler, which the others use, refuses 0.
        flow.emitCheckpoints = try work(.emitCheckpointsEnabled, .emitCheckpointsInterval, shortest: 0)
        flow.emitHeartbeats = try work(.emitHeartbeatsEnabled, .emitHeartbeatsInterval, shortest: 0)
        flow.syncGroupOffsets = try work(.syncGroupOffsetsEnabled, .syncGroupOffsetsInterval)
    }

    /// What is allowed and probably not meant.
    private mutating func review(_ flow: FlowConfiguration) {
        if !flow.enabled {
            warn(.enabled, "the flow \(flow) is not enabled, so MirrorMaker does not run it")
        }
        let wantsSyncs = flow.emitCheckpoints.enabled || flow.syncGroupOffsets.enabled
        if !flow.emitOffsetSyncs, wantsSyncs {
            warn(.emitOffsetSyncs, "without offset syncs no offset can be translated; MirrorCheckpointConnector refuses this")
        }
        if flow.source.client["bootstrap.servers"] == flow.target.client["bootstrap.servers"] {
            warn("target.cluster.bootstrap.servers", "source and target are the same cluster")
        }
        reviewTickets(flow)
        reviewProvenance(flow)
    }

    /// kinit puts both sides' tickets where a process has one place for them.
    private mutating func reviewTickets(_ flow: FlowConfiguration) {
        let principals = [flow.source.client, flow.target.client].compactMap { $0["sasl.kerberos.keytab"] == nil ? nil : $0["sasl.kerberos.principal"] }
        guard Set(principals).count == 2 else { return }
        warn(
            "target.cluster.sasl.jaas.config",
            "the two sides sign in with Kerberos as different principals, and a process has one ticket cache: whose ticket was got last signs in to both. "
                + "Of one realm, use one principal for both; of two realms, let KRB5CCNAME name a folder for several (DIR:/path)")
    }

    mutating func warn(_ key: MirrorKey, _ text: String) { warn(key.rawValue, text) }

    mutating func note(_ setting: Setting, _ text: String) { warnings.append(setting.note(text)) }

    private mutating func warn(_ name: String, _ text: String) {
        warnings.append(settings[name]?.warning(text) ?? ConfigurationWarning(.warning, key: name, at: nil, text))
    }
}

// MARK: - Clusters

extension FlowAssembly {
    private mutating func cluster(_ side: ClusterSide) throws(ConfigurationError) -> ClusterConfiguration {
        let shared = settings.below("\(side).cluster.").filter { $0.key != "alias" }
        guard shared["bootstrap.servers"]?.text.isEmpty == false else {
            throw ConfigurationError(
                .missing, at: shared["bootstrap.servers"]?.location, key: "\(side).cluster.bootstrap.servers",
                "the brokers of the \(side) cluster are not named",
                remedy: "Set \(side).cluster.bootstrap.servers, or ALIAS.bootstrap.servers in mm2.properties")
        }
        let client = try map(shared)
        var cluster = ClusterConfiguration(alias: try alias(side), client: client)
        // A default gives way to what is set for every client; `enable.auto.commit` never is.
        let defaults = ClusterConfiguration.consumerDefaults.leaving { client[$0] == nil }
        cluster.consumer = defaults.merging(try overrides(.consumer, side, shared: shared, client))
        cluster.producer = try overrides(.producer, side, shared: shared, client)
        cluster.admin = try overrides(.admin, side, shared: shared, client)
        return cluster
    }

    /// What one kind of client has that not all have: `consumer.X`, and above it `source.consumer.X`.
    ///
    /// Mapped with the shared settings, since a password alone means nothing; then only the differences are kept.
    private mutating func overrides(
        _ role: ClientRole, _ side: ClusterSide, shared: Settings, _ client: ClientProperties
    ) throws(ConfigurationError) -> ClientProperties {
        let own = clientSettings(role, below: "").overlaid(with: clientSettings(role, below: "\(side)."))
        guard !own.isEmpty else { return ClientProperties() }
        let mapped = try map(shared.overlaid(with: own))
        return mapped.leaving { mapped[$0] != client[$0] }
    }

    /// The settings for one kind of client, without keys that only look so (`admin.timeout.ms`).
    private func clientSettings(_ role: ClientRole, below prefix: String) -> Settings {
        settings.below(prefix + role.prefix).filter { name, _ in
            MirrorKey(written: role.prefix + name) == nil && !name.hasPrefix("override.")
        }
    }

    private mutating func map(_ settings: Settings) throws(ConfigurationError) -> ClientProperties {
        let mapping = try ClientPropertyMapping(settings)
        warnings += mapping.warnings
        return mapping.properties
    }

    private func alias(_ side: ClusterSide) throws(ConfigurationError) -> String {
        let key = side == .source ? MirrorKey.sourceAlias : .targetAlias
        guard let setting = settings[key.rawValue] else {
            guard side == .target else {
                throw ConfigurationError(
                    .missing, key: key.rawValue, "the source cluster has no alias",
                    remedy: "Set \(key.rawValue), as MirrorMaker's connectors require")
            }
            return key.defaultText
        }
        let legal = setting.text.unicodeScalars.allSatisfy(Self.isTopicCharacter)
        guard legal, !setting.text.isEmpty || isUnprefixed else {
            throw setting.error(
                .invalid, legal ? "an alias must not be empty" : "\(setting.quoted) cannot be part of a topic name",
                remedy: "Use letters, digits, “.”, “_” and “-”"
                    + (legal ? "; for unchanged topic names use IdentityReplicationPolicy" : ""))
        }
        return setting.text
    }

    /// An empty separator: the way to unchanged topic names before Kafka 3.0, together with an empty alias.
    private var isUnprefixed: Bool { settings[MirrorKey.policySeparator.rawValue]?.value.isEmpty == true }

    static func isTopicCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": true
        default: false
        }
    }

    private func check(_ flow: FlowConfiguration) throws(ConfigurationError) {
        guard flow.source.alias == flow.target.alias else { return }
        throw ConfigurationError(
            .conflict, at: settings[MirrorKey.targetAlias.rawValue]?.location, key: MirrorKey.targetAlias.rawValue,
            "source and target have the same alias", remedy: "Give each cluster a name of its own")
    }
}

extension ClientProperties {
    /// Only those properties whose name fulfils a condition.
    fileprivate func leaving(_ condition: (String) -> Bool) -> ClientProperties {
        var kept = self
        for name in names where !condition(name) { kept[name] = nil }
        return kept
    }
}
