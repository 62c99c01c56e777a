/// An access rule (ACL binding): who may, or may not, do what to which resource (Kafka's `AclBinding`).
public struct AccessRule: Hashable, Sendable, Codable, CustomStringConvertible {
    public enum ResourceType: String, Hashable, Sendable, Codable, CaseIterable {
        case topic = "TOPIC", group = "GROUP", cluster = "CLUSTER"
        /// One that this client has no name for: a transactional id, a delegation token, a user.
        case unknown = "UNKNOWN"
    }

    public enum PatternType: String, Hashable, Sendable, Codable, CaseIterable {
        /// The resource's whole name; `*` is all of them.
        case literal = "LITERAL"
        /// What the resource's name begins with.
        case prefixed = "PREFIXED"
        case unknown = "UNKNOWN"
    }

    public enum Operation: String, Hashable, Sendable, Codable, CaseIterable {
        case all = "ALL", read = "READ", write = "WRITE", create = "CREATE", delete = "DELETE", alter = "ALTER"
        case describe = "DESCRIBE", clusterAction = "CLUSTER_ACTION", describeConfigs = "DESCRIBE_CONFIGS"
        case alterConfigs = "ALTER_CONFIGS", idempotentWrite = "IDEMPOTENT_WRITE"
        case unknown = "UNKNOWN"
    }

    public enum Permission: String, Hashable, Sendable, Codable, CaseIterable {
        /// Wins over any ``allow``.
        case deny = "DENY"
        case allow = "ALLOW"
        case unknown = "UNKNOWN"
    }

    public var resourceType: ResourceType
    public var name: String
    public var patternType: PatternType
    /// Such as `User:mirror`; `User:*` is everybody.
    public var principal: String
    /// The client's address; `*` is any.
    public var host: String
    public var operation: Operation
    public var permission: Permission

    public init(
        _ permission: Permission, _ operation: Operation, on resourceType: ResourceType, named name: String,
        patternType: PatternType = .literal, to principal: String, from host: String = "*"
    ) {
        self.resourceType = resourceType
        self.name = name
        self.patternType = patternType
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }

    /// Whether its pattern matches a resource's name (Kafka's `ResourcePattern`).
    public func isAbout(_ name: String) -> Bool {
        switch patternType {
        case .literal: self.name == name || self.name == "*"
        case .prefixed: name.hasPrefix(self.name)
        case .unknown: false
        }
    }

    /// As Kafka's own tools print it.
    public var description: String {
        "(pattern=ResourcePattern(resourceType=\(resourceType.rawValue), name=\(name), patternType=\(patternType.rawValue)), "
            + "entry=(principal=\(principal), host=\(host), operation=\(operation.rawValue), permissionType=\(permission.rawValue)))"
    }
}

/// Which access rules are meant (Kafka's `AclBindingFilter`): those equal in every field that is named here.
public struct AccessRuleFilter: Hashable, Sendable, Codable, CustomStringConvertible {
    public var resourceType: AccessRule.ResourceType?
    public var name: String?
    public var patternType: AccessRule.PatternType?
    public var principal: String?
    public var host: String?
    public var operation: AccessRule.Operation?
    public var permission: AccessRule.Permission?

    public init(
        resourceType: AccessRule.ResourceType? = nil, name: String? = nil, patternType: AccessRule.PatternType? = nil,
        principal: String? = nil, host: String? = nil, operation: AccessRule.Operation? = nil,
        permission: AccessRule.Permission? = nil
    ) {
        self.resourceType = resourceType
        self.name = name
        self.patternType = patternType
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }

    /// This one rule and no other.
    public init(_ rule: AccessRule) {
        self.init(
            resourceType: rule.resourceType, name: rule.name, patternType: rule.patternType, principal: rule.principal,
            host: rule.host, operation: rule.operation, permission: rule.permission)
    }

    public func matches(_ rule: AccessRule) -> Bool {
        func agrees<Value: Equatable>(_ wanted: Value?, _ value: Value) -> Bool { wanted == nil || wanted == value }
        return agrees(resourceType, rule.resourceType) && agrees(name, rule.name) && agrees(patternType, rule.patternType)
            && agrees(principal, rule.principal) && agrees(host, rule.host) && agrees(operation, rule.operation)
            && agrees(permission, rule.permission)
    }

    public var description: String {
        let any = "ANY"
        return "(pattern=ResourcePattern(resourceType=\(resourceType?.rawValue ?? any), name=\(name ?? any), "
            + "patternType=\(patternType?.rawValue ?? any)), entry=(principal=\(principal ?? any), host=\(host ?? any), "
            + "operation=\(operation?.rawValue ?? any), permissionType=\(permission?.rawValue ?? any)))"
    }
}
