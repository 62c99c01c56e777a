public import KafkaClient

/// Keeps producers from a flow's topics on the source, for a switchover: what is written there after the mirror has caught up
/// would be missing on the target.
public protocol SourceFence: Sendable {
    /// Works out what it will do; changes nothing.
    ///
    /// - Throws: ``FenceError`` where it can't be raised as it should.
    func prepare(for topics: [String]) async throws -> FenceRecord

    /// Puts it up. Doing so twice does no harm.
    func raise(_ record: FenceRecord) async throws

    /// Whether it stands; `nil` where that can't be seen.
    func isUp(_ record: FenceRecord) async throws -> Bool?

    /// Takes down what ``raise(_:)`` has put up, and nothing else. Doing so twice does no harm.
    func lift(_ record: FenceRecord) async throws
}

/// What a fence consists of, as a journal keeps it, so that it can be taken down by whoever reads it.
public struct FenceRecord: Codable, Sendable, Hashable {
    public var topics: [String]
    /// Access rules that are added: those that were there already are not among them, and stay.
    public var rules: [AccessRule]?
    /// A command that is run.
    public var hook: String?

    public init(topics: [String], rules: [AccessRule]? = nil, hook: String? = nil) {
        self.topics = topics
        self.rules = rules
        self.hook = hook
    }
}

/// A fence of access rules: everybody is denied to write (`DENY WRITE` for `User:*`).
///
/// Super users pass it; that somebody still writes shows by the log ends. Brokers with
/// `allow.everyone.if.no.acl.found=true` take a topic's first rule as a sign that everything else about it is forbidden
/// (`StandardAuthorizer`): readers, and the mirror, would be shut out as well. So a topic without any rule is refused, unless
/// it is said that it is open to all and is to stay so for all but writers.
public struct AccessRuleFence: SourceFence {
    private let source: any KafkaCluster
    private let keepsOpen: Bool

    /// - Parameter keepsOpen: Topics without a rule are open to all: everything but writing stays allowed there.
    public init(on source: any KafkaCluster, keepsOpen: Bool = false) {
        self.source = source
        self.keepsOpen = keepsOpen
    }

    public func prepare(for topics: [String]) async throws -> FenceRecord {
        let existing = Set(try await source.acls(matching: AccessRuleFilter(resourceType: .topic)))
        let open = topics.filter { topic in !existing.contains { $0.isAbout(topic) } }
        if !keepsOpen, !open.isEmpty { throw FenceError.withoutRules(open, cluster: source.name) }
        let rules = topics.map { AccessRule(.deny, .write, on: .topic, named: $0, to: "User:*") }
            + open.map { AccessRule(.allow, .all, on: .topic, named: $0, to: "User:*") }
        return FenceRecord(topics: topics, rules: rules.filter { !existing.contains($0) })
    }

    public func raise(_ record: FenceRecord) async throws {
        let rules = record.rules ?? []
        guard !rules.isEmpty else { return }
        if let (rule, error) = try await source.createACLs(rules).min(by: { $0.key.name < $1.key.name }) {
            throw FenceError.refused(rule, reason: "\(error)")
        }
    }

    public func isUp(_ record: FenceRecord) async throws -> Bool? {
        let standing = try await source.acls(matching: AccessRuleFilter(resourceType: .topic, operation: .write, permission: .deny))
        return record.topics.allSatisfy { topic in standing.contains { $0.name == topic && $0.principal == "User:*" && $0.host == "*" } }
    }

    public func lift(_ record: FenceRecord) async throws {
        let rules = record.rules ?? []
        guard !rules.isEmpty else { return }
        // Writing is allowed again only with the last of them; until then nothing more is allowed than before.
        _ = try await source.deleteACLs(rules.filter { $0.permission == .allow })
        _ = try await source.deleteACLs(rules.filter { $0.permission == .deny })
        let left = Set(try await source.acls(matching: AccessRuleFilter(resourceType: .topic))).intersection(rules)
        if let rule = left.first { throw FenceError.stays(rule, cluster: source.name) }
    }
}

/// A fence can't be put up, or taken down.
public enum FenceError: Error, CustomStringConvertible {
    case withoutRules([String], cluster: String)
    case refused(AccessRule, reason: String)
    case stays(AccessRule, cluster: String)
    case notUp(cluster: String)
    case hook(String, reason: String)

    public var description: String {
        switch self {
        case .withoutRules(let topics, let cluster):
            """
            \(topics.count) topic(s) have no access rule on '\(cluster)': \(topics.prefix(5).joined(separator: ", "))\(topics.count > 5 ? ", ..." : "").
              A first rule forbids everything else about a topic where brokers run with allow.everyone.if.no.acl.found=true: readers and \
            the mirror would be shut out. If these topics are open to all, --fence-keep-open adds a rule that keeps them so for all but \
            writers. If only super users may use them, fence those producers by --fence-hook.
            """
        case .refused(let rule, let reason): "the fence could not be put up: \(rule): \(reason)"
        case .stays(let rule, let cluster): "the fence could not be taken down: '\(cluster)' still has \(rule); remove it with kafka-acls --remove"
        case .notUp(let cluster): "the fence was put up, but '\(cluster)' does not show it"
        case .hook(let command, let reason): "the hook '\(command)' \(reason)"
        }
    }
}
