import KafkaClient
import OffsetTranslate

/// Which topics and groups the parts of a flow are on one cluster.
struct AccessNames {
    private let originals: [String]
    /// Copies that are there, and those that are not yet.
    private let copies: (present: [String], missing: [String])
    private let groups: [String]
    private let present: Set<String>

    /// - Parameter originals: The topics that are mirrored; `nil` where the source can't be asked, and copies say which there were.
    init(
        _ cluster: any KafkaCluster, _ flow: ReplicationFlow, _ originals: [String]?, _ groups: [String], _ configuration: FlowConfiguration
    ) async throws {
        let topics = try await cluster.topics()
        present = Set(topics.keys)
        self.originals = originals ?? []
        let copies = originals?.map { flow.target(of: TopicPartition(topic: $0, partition: 0)).topic }
            ?? topics.keys.filter { flow.source(of: TopicPartition(topic: $0, partition: 0)).map { flow.mayMirror($0.topic) && configuration.topics.matches($0.topic) } ?? false }.sorted()
        self.copies = (copies.filter { topics[$0] != nil }, copies.filter { topics[$0] == nil })
        // Clusters that can't list them have those that are named.
        let listed = ((try? await cluster.groups()) ?? []).map(\.name).filter { configuration.groups.matches($0) }
        self.groups = Set(listed + groups).sorted()
    }

    /// What is tried to see whether a right is there; nothing where there is nothing yet that it could be tried on.
    func trials(of privilege: Privilege) -> [AccessTrial] {
        func topics(_ names: [String]) -> [AccessTrial] { names.map { AccessTrial(privilege.operation, on: .topic, named: $0) } }
        switch privilege.resource {
        case .originals: return topics(originals)
        case .copies: return topics(privilege.operation == .create ? copies.missing : copies.present)
        case .topic(let name): return privilege.operation == .create && present.contains(name) ? [] : topics([name])
        case .groups: return groups.map { AccessTrial(privilege.operation, on: .group, named: $0) }
        case .group(let name): return [AccessTrial(privilege.operation, on: .group, named: name)]
        case .groupsPrefixed(let prefix): return [AccessTrial(privilege.operation, on: .group, named: prefix + "trial")]
        case .transactionsPrefixed: return []
        case .cluster: return [AccessTrial(privilege.operation, on: .cluster)]
        }
    }
}
