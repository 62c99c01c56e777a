import KafkaClient

/// The access rules that a cluster shows, and what they say of a principal.
struct ShownRules {
    /// `nil` where none are shown, or it is not known who asks.
    private let rules: [AccessRule]?
    private let hasAuthorizer: Bool

    init(_ cluster: any KafkaCluster, principal: String?) async {
        do {
            let rules = try await cluster.acls(matching: AccessRuleFilter())
            (self.rules, hasAuthorizer) = (principal.map { principal in rules.filter { [principal, "User:*"].contains($0.principal) } }, true)
        } catch {
            (rules, hasAuthorizer) = (nil, (error as? KafkaError)?.code != .securityDisabled)
        }
    }

    /// `nil` where rules don't decide it: a super user needs none, and rules for some hosts only may be about others.
    func answer(_ trial: AccessTrial) -> AccessAnswer? {
        guard hasAuthorizer else { return .granted }
        let about = rules?.filter { rule in
            rule.resourceType == trial.resourceType && (trial.resourceType == .cluster || rule.isAbout(trial.name))
                && [trial.operation, .all].contains(rule.operation)
        } ?? []
        if about.contains(where: { $0.permission == .deny && $0.host == "*" }) { return .refused }
        guard !about.contains(where: { $0.permission == .deny }), about.contains(where: { $0.permission == .allow && $0.host == "*" }) else { return nil }
        return .granted
    }
}
