extension FlowAssembly {
    func mirrorSettings() throws(ConfigurationError) -> MirrorSettings {
        var mirror = MirrorSettings()
        mirror.tasks = Int(try number(.tasksMax, 1...Int64(Int32.max)))
        mirror.exactlyOnce = try exactlyOnce()
        mirror.transactionInterval = .milliseconds(try number(.transactionInterval, 1...Int64(Int32.max)))
        mirror.transactionRecords = Int(try number(.transactionRecords, 1...Int64(Int32.max)))
        mirror.provenanceHeaders = try bool(.provenanceHeaders)
        mirror.inFlightRecords = Int(try number(.inFlightRecords, 1...Int64(Int32.max)))
        mirror.inFlightBytes = try megabytes(.inFlightMegabytes)
        mirror.fetchedBytes = try megabytes(.fetchedMegabytes)
        mirror.refusedRecords = try choice(.refusedRecords)
        mirror.sourceReset = try choice(.sourceReset)
        return mirror
    }

    /// By Connect's key (KIP-618) too, where ours does not say otherwise. `preparing` changes nothing yet there, either.
    private func exactlyOnce() throws(ConfigurationError) -> Bool {
        let support = text(.exactlyOnceSource).lowercased()
        guard ["disabled", "preparing", "enabled"].contains(support) else {
            throw invalid(.exactlyOnceSource, "is not a kind of support", "Write disabled, preparing or enabled")
        }
        return try setting(.exactlyOnce) == nil ? support == "enabled" : bool(.exactlyOnce)
    }

    func statusSettings() throws(ConfigurationError) -> StatusSettings {
        var status = StatusSettings()
        status.heartbeatAge = try limit(.heartbeatAge)
        status.replicationLag = try limit(.replicationLag)
        status.recoveryPoint = try limit(.recoveryPoint)
        status.recoveryTime = try limit(.recoveryTime)
        status.checkpointAge = try limit(.checkpointAge)
        status.reRead = try limit(.reRead)
        status.retentionUsed = try limit(.retentionUsed)
        return status
    }

    private func limit(_ key: MirrorKey) throws(ConfigurationError) -> StatusSettings.Limit {
        guard let limit = StatusSettings.Limit(text(key)) else {
            throw invalid(key, "is not two numbers, the second at least the first", "Write from when on to warn and from when on to fail, such as \(key.defaultText)")
        }
        return limit
    }

    private func megabytes(_ key: MirrorKey) throws(ConfigurationError) -> Int { Int(try number(key, 1...1 << 20)) << 20 }

    private func choice<Choice>(
        _ key: MirrorKey
    ) throws(ConfigurationError) -> Choice where Choice: RawRepresentable<String> & CaseIterable {
        guard let choice = Choice(rawValue: text(key)) else {
            let choices = Choice.allCases.map(\.rawValue)
            throw invalid(key, "is none of \(choices.joined(separator: ", "))", "Write \(choices.joined(separator: " or "))")
        }
        return choice
    }

    /// What marking the copies does that may not be meant.
    mutating func reviewProvenance(_ flow: FlowConfiguration) {
        guard flow.mirror.provenanceHeaders, let setting = setting(.provenanceHeaders) else { return }
        if case .identity = flow.replicationPolicy {
            note(setting, """
                each copy has one header more than its original: applications see it, and tools that compare byte for byte call them \
                different (the commands here don't)
                """)
        } else {
            warn(.provenanceHeaders, "needless: copies are told by their topics' names, unless IdentityReplicationPolicy keeps them")
        }
    }
}
