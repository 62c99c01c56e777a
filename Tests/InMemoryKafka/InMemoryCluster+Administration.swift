public import KafkaClient

extension InMemoryCluster {
    public func acls(matching filter: AccessRuleFilter) async throws -> [AccessRule] {
        try await administer(.acls, "read access rules") { $0.accessRules.filter(filter.matches).sorted { "\($0)" < "\($1)" } }
    }

    public func createACLs(_ rules: [AccessRule]) async throws -> [AccessRule: KafkaError] {
        try await administer(.createACLs, "create access rules") {
            $0.accessRules.formUnion(rules)
            return [:]
        }
    }

    public func deleteACLs(matching filters: [AccessRuleFilter]) async throws -> [AccessRule] {
        try await administer(.deleteACLs, "delete access rules") { contents in
            let meant = contents.accessRules.filter { rule in filters.contains { $0.matches(rule) } }
            contents.accessRules.subtract(meant)
            return meant.sorted { "\($0)" < "\($1)" }
        }
    }

    /// Writing can't be tried, as with brokers.
    public func tryAccess(_ trials: Set<AccessTrial>) async throws -> [AccessTrial: AccessAnswer] {
        try await perform(.tryAccess, "try what is allowed") { contents in
            trials.reduce(into: [:]) {
                $0[$1] = contents.accessAnswers[$1] ?? ($1.operation == .write ? .untold("nothing but doing it would tell") : .granted)
            }
        }
    }

    private func administer<Answer: Sendable>(
        _ kind: Request.Kind, _ operation: String, _ act: @Sendable (inout ClusterContents) -> Answer
    ) async throws -> Answer {
        try await perform(kind, operation) { [name] contents in
            guard !contents.hasNoAuthorizer else { throw KafkaError(.securityDisabled, operation, cluster: name) }
            return act(&contents)
        }
    }
}
