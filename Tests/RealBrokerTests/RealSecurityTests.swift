import Foundation
import KafkaClient
import OffsetTranslate
import Testing

/// Tier 4: a disposable cluster that denies what no rule allows, reached over TLS with SASL: `FAILOVER_TEST_SECURED` is an mm2.properties
/// whose source is a super user's way to it, and whose target that of a user who has no rights.
struct SecuredCluster {
    static let file: String? = {
        let file = ProcessInfo.processInfo.environment["FAILOVER_TEST_SECURED"]
        if file == nil { print("SKIPPED: the tests against a secured cluster. Set FAILOVER_TEST_SECURED to an mm2.properties with two ways to one.") }
        return file
    }()

    let admin: LibrdkafkaCluster
    let user: LibrdkafkaCluster
    let principal: String
    private let properties: ClientProperties

    init() async throws {
        let configuration = try ConfigurationFile.load(paths: [try #require(Self.file)], flow: nil, overrides: [:]).0
        properties = configuration.target.client
        principal = "User:\(try #require(properties["sasl.username"]))"
        admin = try LibrdkafkaCluster(name: "admin", properties: configuration.source.client, timeout: .seconds(20))
        user = try LibrdkafkaCluster(name: "user", properties: properties, timeout: .seconds(20))
    }

    /// The same user's way, with other settings.
    func with(_ settings: [String: String], timeout: Duration = .seconds(5)) throws -> LibrdkafkaCluster {
        try LibrdkafkaCluster(name: "user", properties: properties.merging(ClientProperties(settings)), timeout: timeout)
    }
}

@Suite(.serialized, .enabled(if: SecuredCluster.file != nil, "needs FAILOVER_TEST_SECURED"))
struct RealSecurityTests {
    /// One right after the other: refused or not to be told without it, granted with it, and nothing changed by the trial.
    @Test func eachRightIsToldByATrial() async throws {
        let cluster = try await SecuredCluster(), name = "secured-" + UUID().uuidString.prefix(8).lowercased()
        try await cluster.admin.createTopics([NewTopic(name: name, partitions: 1, replicationFactor: 1, configuration: ["retention.ms": "86400000"])])
        let place = TopicPartition(topic: name, partition: 0)
        #expect(try await cluster.admin.commit([place: CommittedOffset(offset: 0)], for: name).isEmpty)
        let settings = try await cluster.admin.topicConfiguration(of: [name])
        let describing = AccessRule(.allow, .describe, on: .topic, named: name, to: cluster.principal)
        let rights: [AccessTrial] = [
            .init(.describe, on: .topic, named: name), .init(.read, on: .topic, named: name), .init(.alter, on: .topic, named: name),
            .init(.describeConfigs, on: .topic, named: name), .init(.create, on: .topic, named: name + "-new"),
            .init(.describe, on: .group, named: name), .init(.read, on: .group, named: name), .init(.alter, on: .cluster), .init(.describe, on: .cluster),
        ]
        for right in rights {
            // A topic that is not seen can't be told from none.
            let seeing = right.resourceType == .topic && right.operation != .describe ? [describing] : []
            let rule = AccessRule(
                .allow, right.operation, on: right.resourceType, named: right.resourceType == .cluster ? "kafka-cluster" : right.name, to: cluster.principal)
            #expect(try await cluster.admin.createACLs(seeing).isEmpty)
            try await eventually("\(right) is not granted without a rule", within: 20) {
                let answer = try await cluster.user.tryAccess([right])[right]
                return right == .init(.describe, on: .topic, named: name) || right == .init(.describe, on: .cluster) ? answer != .granted : answer == .refused
            }
            #expect(try await cluster.admin.createACLs([rule]).isEmpty)
            try await eventually("\(right) is granted by its rule", within: 20) { try await cluster.user.tryAccess([right])[right] == .granted }
            _ = try await cluster.admin.deleteACLs([rule] + seeing)
        }
        #expect(try await cluster.admin.topicConfiguration(of: [name]) == settings)
        let topics = try await cluster.admin.topics()
        #expect(topics[name] == 1 && topics[name + "-new"] == nil)
        #expect(try await cluster.admin.committedOffsets(of: name, for: [place]) == [place: CommittedOffset(offset: 0)])
    }

    /// Changing settings is tried with those that are there, so it takes reading them, too.
    @Test func alteringSettingsIsTriedWithWhatIsThere() async throws {
        let cluster = try await SecuredCluster(), name = "secured-" + UUID().uuidString.prefix(8).lowercased()
        try await cluster.admin.createTopics([NewTopic(name: name, partitions: 1, replicationFactor: 1, configuration: ["retention.ms": "86400000"])])
        let trial = AccessTrial(.alterConfigs, on: .topic, named: name)
        func rule(_ operation: AccessRule.Operation) -> AccessRule { AccessRule(.allow, operation, on: .topic, named: name, to: cluster.principal) }
        func answers(_ wanted: @escaping (AccessAnswer?) -> Bool) async throws {
            try await eventually("\(trial) is told", within: 20) { wanted(try await cluster.user.tryAccess([trial])[trial]) }
        }
        _ = try await cluster.admin.createACLs([rule(.describe)])
        try await answers { if case .untold(let reason)? = $0 { reason.contains("DESCRIBE_CONFIGS") } else { false } }
        _ = try await cluster.admin.createACLs([rule(.describeConfigs)])
        try await answers { $0 == .refused }
        _ = try await cluster.admin.createACLs([rule(.alterConfigs)])
        try await answers { $0 == .granted }
        #expect(try await cluster.admin.topicConfiguration(of: [name])[name]?["retention.ms"] == "86400000")
        _ = try await cluster.admin.deleteACLs([.describe, .describeConfigs, .alterConfigs].map(rule))
    }

    @Test func refusalsNameWhatIsWrong() async throws {
        let cluster = try await SecuredCluster()
        func refusal(_ settings: [String: String]) async throws -> KafkaError {
            let away = try cluster.with(settings)
            return try #require(await #expect(throws: KafkaError.self) { _ = try await away.topics() })
        }
        let password = try await refusal(["sasl.password": "not-the-password"])
        #expect(password.code == .authentication && !password.meansAway && !"\(password)".contains("not-the-password"))
        // Whom nobody lets in does not wait for the whole time.
        let patient = try cluster.with(["sasl.password": "not-the-password"], timeout: .seconds(120))
        let begun = ContinuousClock.now
        await #expect(throws: KafkaError.self) { _ = try await patient.topics() }
        #expect(.now - begun < .seconds(60))
        // The system's CAs know nothing of a laboratory's.
        let trust = try await refusal(["ssl.ca.location": "/etc/ssl/certs/ca-certificates.crt"])
        #expect(trust.code == .ssl && trust.message.contains("not signed by anybody who is trusted"))
        let plain = try await refusal(["security.protocol": "plaintext"])
        #expect(plain.isHangUp && !plain.meansAway)
    }
}
