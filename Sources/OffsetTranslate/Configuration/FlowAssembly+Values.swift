/// Typed readings of single settings, by the rules of Kafka's `ConfigDef`.
extension FlowAssembly {
    func setting(_ key: MirrorKey) -> Setting? {
        if let setting = settings[key.rawValue] { return setting }
        return MirrorKey.deprecated.filter { $0.value == key }.keys.sorted().compactMap { settings[$0] }.first
    }

    func text(_ key: MirrorKey) -> String { setting(key)?.text ?? key.defaultText }

    func bool(_ key: MirrorKey) throws(ConfigurationError) -> Bool {
        switch text(key).lowercased() {
        case "true": return true
        case "false": return false
        default: throw invalid(key, "is neither true nor false", "Write true or false")
        }
    }

    func number(_ key: MirrorKey, _ range: ClosedRange<Int64>) throws(ConfigurationError) -> Int64 {
        guard let number = Int64(text(key)) else {
            throw invalid(key, "is not a whole number", "Write digits only")
        }
        guard range.contains(number) else {
            let bounds = range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw invalid(key, "is out of range", "Allowed: \(bounds)")
        }
        return number
    }

    func replicas(_ key: MirrorKey) throws(ConfigurationError) -> Int16 {
        let number = try number(key, -1...Int64(Int16.max))
        guard number != 0 else { throw invalid(key, "is out of range", "At least 1, or -1 for the broker's default") }
        return Int16(number)
    }

    func side(_ key: MirrorKey) throws(ConfigurationError) -> ClusterSide {
        guard let side = ClusterSide(rawValue: text(key)) else {
            throw invalid(key, "is neither source nor target", "Write source or target")
        }
        return side
    }

    mutating func work(
        _ enabled: MirrorKey, _ interval: MirrorKey, shortest: Int64 = 1
    ) throws(ConfigurationError) -> PeriodicWork {
        let isEnabled = try bool(enabled)
        let seconds = try number(interval, Int64.min...Int64.max)
        if seconds < 0 {
            warn(interval, "a negative interval turns it off, as in MirrorMaker; \(enabled.rawValue)=false says so plainly")
            return PeriodicWork(enabled: false, every: .seconds(Int64(interval.defaultText) ?? shortest))
        }
        guard seconds >= shortest || !isEnabled else { throw invalid(interval, "is out of range", "At least \(shortest)") }
        return PeriodicWork(enabled: isEnabled, every: .seconds(seconds))
    }

    func filter(_ include: MirrorKey?, _ exclude: MirrorKey) throws(ConfigurationError) -> NameFilter {
        do {
            var filter = try NameFilter(
                include: include.map { NameFilter.list(text($0)) } ?? [".*"], exclude: NameFilter.list(text(exclude)),
                includeKey: include?.rawValue ?? "", excludeKey: exclude.rawValue)
            filter.isSecret = [include, exclude].contains { $0.flatMap(setting)?.isSecret == true }
            return filter
        } catch {
            let key = error.key.flatMap(MirrorKey.init(rawValue:)) ?? exclude
            guard let setting = setting(key) else { throw error }
            throw setting.error(
                .invalid, setting.isSecret ? "holds something that is not a regular expression" : error.problem,
                remedy: error.remedy)
        }
    }

    func invalid(_ key: MirrorKey, _ problem: String, _ remedy: String) -> ConfigurationError {
        guard let setting = setting(key) else { return ConfigurationError(.invalid, key: key.rawValue, problem, remedy: remedy) }
        return setting.error(.invalid, "\(setting.quoted) \(problem)", remedy: remedy)
    }
}

// MARK: - The replication policy

extension FlowAssembly {
    mutating func policy() throws(ConfigurationError) -> ReplicationPolicySetting {
        let separator = try separator()
        // Stock reads the one only where it finds the other.
        let internalSeparator = setting(.policySeparator) == nil ? true : try bool(.policyInternalSeparator)
        let name = text(.policyClass)
        switch name.split(separator: ".").last.map(String.init) ?? name {
        case "default", "DefaultReplicationPolicy":
            noteForeignPolicy(name)
            return .standard(separator: separator, internalSeparatorEnabled: internalSeparator)
        case "identity", "IdentityReplicationPolicy":
            noteForeignPolicy(name)
            return .identity(separator: separator, internalSeparatorEnabled: internalSeparator)
        default:
            return .custom(try customPolicy(name, separator, internalSeparator))
        }
    }

    private mutating func separator() throws(ConfigurationError) -> String {
        guard let setting = setting(.policySeparator) else { return MirrorKey.policySeparator.defaultText }
        guard setting.value.unicodeScalars.allSatisfy(Self.isTopicCharacter) else {
            throw setting.error(
                .invalid, "\(setting.quoted) cannot be part of a topic name", remedy: "Use letters, digits, “.”, “_” and “-”")
        }
        if setting.value.isEmpty {
            warn(
                .policySeparator,
                "an empty separator makes every topic look mirrored; IdentityReplicationPolicy keeps names properly")
        }
        return setting.value
    }

    /// Others have policies of the same names, which should do the same.
    private mutating func noteForeignPolicy(_ name: String) {
        guard name.contains("."), !name.hasPrefix("org.apache.kafka.connect.mirror."), let setting = setting(.policyClass)
        else { return }
        note(setting, "taken for Kafka's policy of the same name")
    }

    private func customPolicy(
        _ name: String, _ separator: String, _ internalSeparator: Bool
    ) throws(ConfigurationError) -> ReplicationPolicySetting.Custom {
        let affixes = [MirrorKey.customPrefix, .customSuffix]
        let patterns = [MirrorKey.customPattern, .customReplacement, .customInversePattern, .customInverseReplacement]
        let parts = (affixes + patterns).compactMap(setting)
        guard !parts.isEmpty else {
            throw invalid(
                .policyClass, "is Java code, whose naming of topics is not known here",
                "Use DefaultReplicationPolicy or IdentityReplicationPolicy, or describe the naming with "
                    + "failover.policy.prefix and failover.policy.suffix, or failover.policy.pattern")
        }
        for key in affixes {
            let rest = text(key).replacing("{source}", with: "")
            guard rest.unicodeScalars.allSatisfy(Self.isTopicCharacter) else {
                throw invalid(key, "cannot be part of a topic name", "Use letters, digits, “.”, “_”, “-” and {source}")
            }
        }
        var rename: ReplicationPolicySetting.Rename?
        if patterns.contains(where: { setting($0) != nil }) {
            if let missing = patterns.first(where: { setting($0) == nil }) {
                throw invalid(missing, "is needed beside the other three", "A renaming by pattern is given with its inverse")
            }
            if let affix = affixes.first(where: { setting($0) != nil }) {
                throw invalid(affix, "and a pattern exclude each other", "Leave one of the two out")
            }
            rename = .init(
                pattern: text(.customPattern), replacement: text(.customReplacement),
                inversePattern: text(.customInversePattern), inverseReplacement: text(.customInverseReplacement))
        }
        return .init(
            className: name, prefix: text(.customPrefix), suffix: text(.customSuffix), rename: rename,
            separator: separator, internalSeparatorEnabled: internalSeparator)
    }
}
