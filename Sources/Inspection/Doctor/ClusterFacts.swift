package import KafkaClient
public import OffsetTranslate

/// What is seen of how a cluster is reached, before anything is made of it.
public struct ClusterFacts: Sendable {
    public var alias: String
    var usesTLS = false
    var usesSASL = false
    var credentials: [CredentialFacts] = []
    /// The configured ones.
    var addresses: [Address] = []
    /// What the client library came to; `nil`: it was not asked, as nothing can be connected to.
    var brokers: Result<[Broker], KafkaError>?
    public var clusterID: String?
    /// Those that the brokers advertise.
    var advertised: [Address] = []

    struct Address: Sendable, Hashable {
        /// As it is configured or advertised; not where that is a secret.
        var name: String
        var outcome: AddressProbe.Outcome

        var isConnected: Bool { if case .connected = outcome { true } else { false } }
    }

    public var brokerCount: Int? { try? brokers?.get().count }

    /// Looks at a cluster: files, names, connections, and what the brokers say. Nothing is changed, and nothing takes longer than
    /// a few times the deadline.
    ///
    /// - Parameters:
    ///   - time: That any one thing may take.
    ///   - open: Makes the client; that reads the files of certificates and keys.
    public static func look(
        at cluster: ClusterConfiguration, within time: Duration, open: @Sendable (ClusterConfiguration) throws -> LibrdkafkaCluster
    ) async throws -> ClusterFacts {
        var facts = ClusterFacts(alias: cluster.alias)
        let properties = cluster.client
        (facts.usesTLS, facts.usesSASL) = (properties.usesTLS, properties.usesSASL)
        if facts.usesTLS || facts.usesSASL { facts.credentials = CredentialFacts.all(of: properties) }
        let configured = (properties["bootstrap.servers"] ?? "").split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
        let isShown = properties.redacted["bootstrap.servers"] == properties["bootstrap.servers"]
        facts.addresses = try await probe(configured.enumerated().map { (isShown ? $1 : "address \($0 + 1)", $1) }, within: time)
        guard facts.addresses.contains(where: \.isConnected) else { return facts }
        do {
            let client = try open(cluster)
            let brokers = try await client.brokers()
            facts.brokers = .success(brokers)
            facts.clusterID = try await client.clusterID()
            facts.advertised = try await probe(brokers.map { ("broker \($0.id) at \($0.address)", $0.address) }, within: time)
        } catch let error as KafkaError {
            facts.brokers = .failure(error)
        }
        return facts
    }

    private static func probe(_ addresses: [(name: String, address: String)], within time: Duration) async throws -> [Address] {
        try await concurrently(addresses, atMost: 16) { entry in
            Address(name: entry.name, outcome: await AddressProbe.look(at: entry.address, within: time))
        }
    }
}
