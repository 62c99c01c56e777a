/// Something that a principal may or may not be allowed to do, to be tried without doing it.
public struct AccessTrial: Hashable, Sendable, CustomStringConvertible {
    public var operation: AccessRule.Operation
    public var resourceType: AccessRule.ResourceType
    /// Empty for the cluster.
    public var name: String

    public init(_ operation: AccessRule.Operation, on resourceType: AccessRule.ResourceType, named name: String = "") {
        self.operation = operation
        self.resourceType = resourceType
        self.name = name
    }

    public var description: String {
        "\(operation.rawValue) on \(resourceType == .cluster ? "the cluster" : "\(resourceType.rawValue.lowercased()) '\(name)'")"
    }
}

/// What came of a trial.
public enum AccessAnswer: Hashable, Sendable {
    case granted
    /// Brokers say that the principal may not.
    case refused
    /// It can't be told, and why.
    case untold(String)
}
