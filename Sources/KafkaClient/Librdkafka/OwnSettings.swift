/// The settings that were made on one topic: what `AlterConfigs` replaces, all at once.
struct OwnSettings {
    /// By name; `nil` where brokers keep a value to themselves.
    private let values: [String: String?]

    init(among settings: [TopicSetting]) {
        values = settings.filter { $0.origin == .topic }
            .reduce(into: [:]) { $0.updateValue($1.isSensitive ? nil : $1.value, forKey: $1.name) }
    }

    /// The whole set that a change makes of them; `nil` where it changes nothing.
    ///
    /// - Throws: where one of them can't be read, and so not be written again: it would be lost.
    func changed(by change: SettingsChange, of topic: String, cluster: String) throws(KafkaError) -> [String: String]? {
        let wanted = try all(of: topic, cluster: cluster, but: change)
        return wanted.mapValues(Optional.some) == values ? nil : wanted
    }

    /// The whole set, with a change.
    func all(of topic: String, cluster: String, but change: SettingsChange = SettingsChange()) throws(KafkaError) -> [String: String] {
        var wanted = change.set
        for (name, value) in values where change.set[name] == nil && !change.remove.contains(name) {
            guard let value else {
                throw KafkaError(
                    .invalidArgument, "change the configuration", cluster: cluster, topic: topic,
                    message: "the brokers do not show the value of \(name), and it would be lost: settings are written all at once")
            }
            wanted[name] = value
        }
        return wanted
    }

    /// Whether a change shows. Brokers may write a value in another way than it was given to them, so one that is new will do.
    func shows(_ change: SettingsChange, since before: OwnSettings) -> Bool {
        change.remove.allSatisfy { values[$0] == nil || change.set[$0] != nil }
            && change.set.allSatisfy { name, wanted in
                guard let value = values[name] else { return false }
                return value == nil || value == wanted || value != before.values[name]
            }
    }
}
