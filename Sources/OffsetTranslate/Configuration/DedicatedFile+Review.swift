extension DedicatedFile {
    /// Warnings about keys that do nothing, for the whole file and not for one flow alone: a typo in another flow is one.
    func review() -> [ConfigurationWarning] {
        let all = Settings(properties)
        let repeated = properties.duplicates.map { key, lines in
            ConfigurationWarning(
                .warning, key: key, at: .init(file: properties.file, line: lines.last),
                "set more than once, on lines \(lines.map(String.init).joined(separator: " and ")); the last one counts")
        }
        return repeated + all.keys.sorted().compactMap { name in all[name].flatMap { review(name, $0) } }
    }

    private func review(_ name: String, _ setting: Setting) -> ConfigurationWarning? {
        if name.contains("->") { return reviewFlow(name, setting) }
        if let alias = clusters.filter({ name.hasPrefix($0 + ".") }).max(by: { $0.count < $1.count }) {
            return reviewCluster(String(name.dropFirst(alias.count + 1)), alias, setting)
        }
        return reviewBare(name, setting)
    }

    private func reviewFlow(_ name: String, _ setting: Setting) -> ConfigurationWarning? {
        for source in clusters {
            for target in clusters where name.hasPrefix("\(source)->\(target).") {
                guard source != target else { return setting.warning("a cluster cannot be mirrored to itself; no effect") }
                let prefix = "\(source)->\(target)."
                let key = String(name.dropFirst(prefix.count))
                if MirrorKey(written: key)?.isOfWorkers == true {
                    return setting.warning("MirrorMaker drops this key here; write \(target).\(key)")
                }
                return ConnectorKey.review(key, setting, prefix: prefix)
            }
        }
        return setting.warning("a flow between clusters that “clusters” does not name; no effect")
    }

    private func reviewCluster(_ name: String, _ alias: String, _ setting: Setting) -> ConfigurationWarning? {
        // What the clients make of a name is said where it is mapped, for the flow that is used.
        guard let key = MirrorKey(written: name), !key.isOfWorkers else { return nil }
        return setting.warning("no effect for one cluster; write \(key.rawValue), or \(alias)->OTHER.\(key.rawValue)")
    }

    private func reviewBare(_ name: String, _ setting: Setting) -> ConfigurationWarning? {
        if name == "clusters" || ClientNames.isShared(name) { return nil }
        if Self.isGlobal(name) { return ConnectorKey.review(name, setting) }
        if let key = MirrorKey(written: name) {
            return setting.warning("MirrorMaker drops this key here; write \(place(of: key, name))")
        }
        if let reason = ConnectNames.reason(name) {
            return ConnectorKey.review(name, setting) ?? setting.note(reason)
        }
        if ConnectorKey.clientPrefixes.contains(where: name.hasPrefix) {
            return setting.warning("MirrorMaker drops this key here; write it for a cluster (\(example).consumer.X) or a flow (A->B.X)")
        }
        if ClientNames.all.contains(name) {
            return setting.warning("MirrorMaker drops this key here; write it for a cluster: \(example).consumer.\(name)")
        }
        return setting.warning("unknown; it has no effect." + suggestion(name))
    }

    private func place(of key: MirrorKey, _ name: String) -> String {
        key.isOfWorkers ? "TARGET.\(name)" : "A->B.\(name)"
    }

    private var example: String { clusters.first ?? "A" }

    private func suggestion(_ name: String) -> String {
        let known = NameSuggestion.question(for: name, among: ConnectorKey.suggestions + ["clusters", "config.providers"])
        guard known.isEmpty, let dot = name.firstIndex(of: ".") else { return known }
        // A client property after something that is nearly an alias.
        let (alias, rest) = (String(name[..<dot]), String(name[name.index(after: dot)...]))
        let isClient = ClientNames.all.contains(rest) || ClientRole.allCases.contains { rest.hasPrefix($0.prefix) }
        guard isClient else { return "" }
        let near = NameSuggestion.nearest(to: alias, among: clusters)
        return near.map { " Did you mean “\($0).\(rest)”?" } ?? " “clusters” does not name “\(alias)”."
    }
}
