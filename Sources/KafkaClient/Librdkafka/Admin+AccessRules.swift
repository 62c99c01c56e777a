internal import CRdkafka

extension Admin {
    func acls(matching filter: AccessRuleFilter) async throws -> [AccessRule] {
        try await retrying { (deadline: Deadline) throws(KafkaError) in try self.describe(filter, deadline) }
    }

    private func describe(_ filter: AccessRuleFilter, _ deadline: Deadline) throws(KafkaError) -> [AccessRule] {
        let operation = "read access rules", any = AccessRuleFilter()
        let rules = try list(filter, operation, deadline)
        // Who may see any sees at least the one that allows it, unless it is a super user's right.
        guard rules.isEmpty else { return rules }
        if filter != any { guard try list(any, operation, deadline).isEmpty else { return [] } }
        try checkThatRulesShow(operation, deadline)
        return []
    }

    private func list(_ filter: AccessRuleFilter, _ operation: String, _ deadline: Deadline) throws(KafkaError) -> [AccessRule] {
        let event = try ask(RD_KAFKA_ADMIN_OP_DESCRIBEACLS, operation, [filter], { $0.binding }, deadline) {
            rd_kafka_DescribeAcls($0, $1[0], $2, $3)
        }
        var count = 0
        let results = rd_kafka_DescribeAcls_result_acls(rd_kafka_event_DescribeAcls_result(event.raw), &count)
        return UnsafeBufferPointer(start: results, count: count).compactMap { $0.map { AccessRule($0) } }
    }

    /// librdkafka 2.0.2 drops the error of a DescribeAcls answer: "no authorizer" and "not allowed" look like "no rules". Its
    /// DeleteAcls tells, here of a rule that nobody has.
    private func checkThatRulesShow(_ operation: String, _ deadline: Deadline) throws(KafkaError) {
        do {
            try deleteNobodysRule(operation, deadline)
        } catch where error.code == .clusterAuthorizationFailed {
            var error = error
            error.message = "no rule was shown, which may mean only that the principal may not see any; one that may change rules is told"
            throw error
        }
    }

    /// Changes nothing; brokers refuse it whom they would refuse any change.
    func deleteNobodysRule(_ operation: String, _ deadline: Deadline) throws(KafkaError) {
        let nobody = "failover-nobody-has-this-rule"
        _ = try delete(
            [AccessRuleFilter(AccessRule(.deny, .alterConfigs, on: .topic, named: nobody, to: "User:\(nobody)", from: "0.0.0.0"))],
            operation, deadline)
    }

    func createACLs(_ rules: [AccessRule]) async throws -> [AccessRule: KafkaError] {
        guard !rules.isEmpty else { return [:] }
        return try await retrying { (deadline: Deadline) throws(KafkaError) in try self.create(rules, deadline) }
    }

    private func create(_ rules: [AccessRule], _ deadline: Deadline) throws(KafkaError) -> [AccessRule: KafkaError] {
        let operation = "create access rules"
        let event = try ask(RD_KAFKA_ADMIN_OP_CREATEACLS, operation, rules, { $0.binding }, deadline) {
            rd_kafka_CreateAcls($0, &$1, $1.count, $2, $3)
        }
        var count = 0
        // In the order of the request.
        let results = rd_kafka_CreateAcls_result_acls(rd_kafka_event_CreateAcls_result(event.raw), &count)
        var refused: [AccessRule: KafkaError] = [:]
        for (index, rule) in rules.enumerated() where index < count {
            if let error = rd_kafka_acl_result_error(results?[index]) { refused[rule] = try refusal(error, operation, of: rule) }
        }
        return refused
    }

    func deleteACLs(matching filters: [AccessRuleFilter]) async throws -> [AccessRule] {
        guard !filters.isEmpty else { return [] }
        return try await retrying { (deadline: Deadline) throws(KafkaError) in
            try self.delete(filters, "delete access rules", deadline)
        }
    }

    private func delete(
        _ filters: [AccessRuleFilter], _ operation: String, _ deadline: Deadline
    ) throws(KafkaError) -> [AccessRule] {
        let event = try ask(RD_KAFKA_ADMIN_OP_DELETEACLS, operation, filters, { $0.binding }, deadline) {
            rd_kafka_DeleteAcls($0, &$1, $1.count, $2, $3)
        }
        var count = 0
        let responses = rd_kafka_DeleteAcls_result_responses(rd_kafka_event_DeleteAcls_result(event.raw), &count)
        var deleted: [AccessRule] = []
        for index in 0..<count {
            if let error = rd_kafka_DeleteAcls_result_response_error(responses?[index]) {
                throw try refusal(error, operation, of: index < filters.count ? "\(filters[index])" : "a filter")
            }
            var matching = 0
            let bindings = rd_kafka_DeleteAcls_result_response_matching_acls(responses?[index], &matching)
            for index in 0..<matching {
                guard let binding = bindings?[index] else { continue }
                if let error = rd_kafka_AclBinding_error(binding) { throw try refusal(error, operation, of: AccessRule(binding)) }
                deleted.append(AccessRule(binding))
            }
        }
        return deleted
    }

    /// What one rule was refused for; thrown where it is nothing about that rule, but about all of them.
    private func refusal(
        _ error: OpaquePointer, _ operation: String, of rule: some CustomStringConvertible
    ) throws(KafkaError) -> KafkaError {
        let code = rd_kafka_error_code(error)
        var refusal = answer(code, String(cString: rd_kafka_error_string(error)), operation)
        if refusal.isRetriable || [.securityDisabled, .clusterAuthorizationFailed].contains(refusal.code) { throw refusal }
        refusal.message += ", for \(rule)"
        return refusal
    }

    /// Sends a request about rules, or filters of rules.
    private func ask<Rule: CustomStringConvertible>(
        _ request: rd_kafka_admin_op_t, _ operation: String, _ rules: [Rule], _ make: (Rule) -> (inout [CChar]) -> OpaquePointer?,
        _ deadline: Deadline, send: (OpaquePointer, inout [OpaquePointer?], _ options: OpaquePointer?, _ queue: OpaquePointer) -> Void
    ) throws(KafkaError) -> AdminEvent {
        let bindings = try bindings(operation, rules, make)
        defer { bindings.forEach { rd_kafka_AclBinding_destroy($0) } }
        let client = handle.raw
        return try ask(request, operation, deadline) {
            var bindings = bindings
            send(client, &bindings, $0, $1)
        }
    }

    /// The caller's to destroy; librdkafka copies them into its request.
    private func bindings<Rule: CustomStringConvertible>(
        _ operation: String, _ rules: [Rule], _ make: (Rule) -> (inout [CChar]) -> OpaquePointer?
    ) throws(KafkaError) -> [OpaquePointer?] {
        var bindings: [OpaquePointer?] = []
        var text = [CChar](repeating: 0, count: 512)
        for rule in rules {
            guard let binding = make(rule)(&text) else {
                bindings.forEach { rd_kafka_AclBinding_destroy($0) }
                throw KafkaError(.invalidArgument, operation, cluster: handle.cluster, message: "\(string(text)), for \(rule)")
            }
            bindings.append(binding)
        }
        return bindings
    }
}
