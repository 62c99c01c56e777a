extension ConnectorKey {
    /// What to say about a key of a connector's configuration, or nil if it simply works.
    ///
    /// - Parameter prefix: what stands before the name in the file.
    static func review(_ name: String, _ setting: Setting, prefix: String = "") -> ConfigurationWarning? {
        switch ConnectorKey(name) {
        case .mirror(let key, let isDeprecated):
            if isDeprecated { return setting.warning("an old name that Kafka 4 no longer reads; write \(prefix)\(key.rawValue)") }
            return review(key, setting)
        case .client:
            return nil
        case .connect(let reason):
            guard ConnectNames.changesRecords(name), !setting.text.isEmpty else { return setting.note(reason) }
            return setting.warning(
                "Connect's \(name) are not applied here; records that they drop, change or route elsewhere are not")
        case .misplacedClient:
            return setting.warning(
                "no effect: it is for no cluster; write \(prefix)source.cluster.\(name) or \(prefix)target.cluster.\(name)")
        case .unknown:
            return setting.warning(
                "unknown; it has no effect." + NameSuggestion.question(for: name, among: suggestions, prefix: prefix))
        }
    }

    private static func review(_ key: MirrorKey, _ setting: Setting) -> ConfigurationWarning? {
        switch key {
        case .topicFilterClass, .groupFilterClass, .configPropertyFilterClass, .forwardingAdminClass:
            if setting.text == key.defaultText { return nil }
            return setting.warning("Java code that is not run here; the default is used in its place")
        case .metricReporters: return setting.note("no effect here")
        default: return nil
        }
    }
}
