import OffsetTranslate

extension TopicRules {
    /// The settings that a copy is created with (`targetConfig`, `createNewTopics`).
    func settings(forCopyOf source: [TopicSetting]) -> [String: String] {
        source.filter(isCopied).reduce(into: [:]) { settings, setting in
            if takesOver(setting) { settings[setting.name] = setting.value }
        }
    }

    /// What is to change about the copy's own settings to be as the source says (`syncTopicConfigs`, `incrementalAlterConfigs`).
    ///
    /// What the source leaves at Kafka's default is removed from the copy, also where somebody has set it there on purpose; unless it
    /// is excluded, or the source's defaults are to hold. What a broker of the source has in its properties file stays what it is.
    func changes(source: [TopicSetting], target: [TopicSetting]) -> SettingsChange {
        let own = target.filter { $0.origin == .topic }.reduce(into: [:]) { $0[$1.name] = $1 }
        return source.filter(isCopied).reduce(into: SettingsChange()) { change, setting in
            if takesOver(setting) {
                if let value = setting.value, own[setting.name]?.value != value { change.set[setting.name] = value }
            } else if own[setting.name] != nil {
                change.remove.insert(setting.name)
            }
        }
    }

    /// Whether the copy has anything to do with it.
    private func isCopied(_ setting: TopicSetting) -> Bool {
        !setting.isReadOnly && !setting.isSensitive && setting.origin != .brokerFile && properties.matches(setting.name)
    }

    /// Whether the copy gets its value (`DefaultConfigPropertyFilter.shouldReplicateSourceDefault`). Settings that the source's
    /// brokers were given while they run are taken for the topic's own, as MM2 takes them.
    private func takesOver(_ setting: TopicSetting) -> Bool { setting.origin != .nowhere || defaultsFrom == .source }
}
