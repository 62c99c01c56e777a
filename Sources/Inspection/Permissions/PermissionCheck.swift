public import KafkaClient
public import OffsetTranslate

/// Whether the principal has one right, on everything that it takes.
public struct PermissionCheck: Sendable, Hashable {
    public var privilege: Privilege
    /// What takes it.
    public var jobs: [Job]
    /// What was tried, by its answer.
    public var granted: [AccessTrial] = []
    public var refused: [AccessTrial] = []
    public var untold: [AccessTrial] = []
    /// Why it could not be told.
    public var reasons: [String] = []

    public var status: ReadinessCheck.Status {
        let isRefused = !refused.isEmpty || granted.isEmpty && untold.isEmpty && privilege.hidesWhatItIsAbout
        if isRefused { return privilege.without == nil ? .fail : .warn }
        return untold.isEmpty && !granted.isEmpty ? .pass : .unknown
    }

    /// The `kafka-acls` commands that give what jobs take on one side, after the address: words, not quoted.
    public static func grants(
        of jobs: [Job], on side: ClusterSide, to principal: String, _ flow: ReplicationFlow, _ configuration: FlowConfiguration
    ) -> [[String]] {
        merged(jobs, flow, configuration).filter { $0.privilege.side == side }.flatMap { $0.privilege.grant(to: principal, flow, configuration) }
    }

    /// One check for each right: one that a job does without, and another does not, is needed.
    static func merged(_ jobs: [Job], _ flow: ReplicationFlow, _ configuration: FlowConfiguration) -> [PermissionCheck] {
        struct Right: Hashable {
            var side: ClusterSide
            var operation: AccessRule.Operation
            var resource: Privilege.Resource
        }
        var order: [Right] = [], checks: [Right: PermissionCheck] = [:]
        for job in jobs {
            for privilege in job.privileges(flow, configuration) {
                let right = Right(side: privilege.side, operation: privilege.operation, resource: privilege.resource)
                guard var check = checks[right] else {
                    order.append(right)
                    checks[right] = PermissionCheck(privilege: privilege, jobs: [job])
                    continue
                }
                if check.jobs.last != job { check.jobs.append(job) }
                if check.privilege.without != nil { check.privilege.without = privilege.without }
                checks[right] = check
            }
        }
        return order.compactMap { checks[$0] }
    }
}

extension Inspector {
    /// Tries what jobs take, without changing anything (``KafkaCluster/tryAccess(_:)``). What can't be tried, writing above all, is judged by
    /// the access rules that are shown.
    ///
    /// - Parameters:
    ///   - groups: Besides those that are seen: brokers don't show groups that may not be described.
    ///   - principals: As brokers know this client, where that can be said, such as `User:mirror`.
    /// - Throws: ``KafkaError`` where a cluster does not answer at all.
    public func permissions(for jobs: [Job], groups: [String], principals: [ClusterSide: String]) async throws -> [PermissionCheck] {
        var checks = PermissionCheck.merged(jobs, flow, configuration)
        let originals = try await source?.topics().keys.filter { flow.mayMirror($0) && configuration.topics.matches($0) }.sorted()
        for side in ClusterSide.allCases {
            guard let cluster = side == .source ? source : target else {
                for index in checks.indices where checks[index].privilege.side == side { checks[index].reasons = ["it is not asked"] }
                continue
            }
            let names = try await AccessNames(cluster, flow, originals, groups, configuration)
            let trials = checks.map { $0.privilege.side == side ? names.trials(of: $0.privilege) : [] }
            let answers = try await cluster.tryAccess(Set(trials.joined()))
            let rules = await ShownRules(cluster, principal: principals[side])
            for index in checks.indices where checks[index].privilege.side == side {
                checks[index].note(trials[index], answers, rules)
            }
        }
        return checks
    }
}

extension PermissionCheck {
    fileprivate mutating func note(_ trials: [AccessTrial], _ answers: [AccessTrial: AccessAnswer], _ rules: ShownRules) {
        if trials.isEmpty {
            reasons = [privilege.resource.isTransactional ? "transactional ids can't be tried" : privilege.hidesWhatItIsAbout ? "none is seen" : "there is none to try it on"]
        }
        for trial in trials {
            var answer = answers[trial] ?? .untold("it was not answered")
            if case .untold(let reason) = answer { answer = rules.answer(trial) ?? .untold(reason) }
            switch answer {
            case .granted: granted.append(trial)
            case .refused: refused.append(trial)
            case .untold(let reason):
                untold.append(trial)
                if !reasons.contains(reason) { reasons.append(reason) }
            }
        }
    }
}

extension Privilege {
    /// Who lacks it sees nothing there.
    fileprivate var hidesWhatItIsAbout: Bool { operation == .describe && resource == .originals }
}

extension Privilege.Resource {
    var isTransactional: Bool { if case .transactionsPrefixed = self { true } else { false } }
}
