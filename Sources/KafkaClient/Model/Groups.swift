/// A position that a consumer group has committed for a partition: the next offset it wants.
public struct CommittedOffset: Hashable, Sendable, Codable {
    public var offset: Int64
    /// The application's own text, carried along.
    public var metadata: String

    public init(offset: Int64, metadata: String = "") {
        self.offset = offset
        self.metadata = metadata
    }
}

/// A consumer group's state as its coordinator reports it. Open: newer brokers may add states.
public struct GroupState: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let empty = Self(rawValue: "Empty")
    public static let dead = Self(rawValue: "Dead")
    public static let stable = Self(rawValue: "Stable")
    public static let preparingRebalance = Self(rawValue: "PreparingRebalance")
    public static let completingRebalance = Self(rawValue: "CompletingRebalance")

    /// The group exists, and its coordinator would not describe it.
    public static let unknown = Self(rawValue: "Unknown")

    /// Members may be reading and committing. States not known here count as active.
    public var isActive: Bool { self != .empty && self != .dead }
}

/// A group as listed by the brokers.
public struct GroupListing: Hashable, Sendable {
    public var name: String
    public var state: GroupState
    /// 0 also where the brokers do not tell (groups of the newer consumer protocol, KIP-848).
    public var memberCount: Int

    public init(name: String, state: GroupState, memberCount: Int) {
        self.name = name
        self.state = state
        self.memberCount = memberCount
    }
}
