import Foundation
@testable import Inspection
import KafkaClient
import OffsetTranslate
import Testing

/// What is made of what is seen of how a cluster is reached.
@Suite struct ClusterJudgeTests {
    private static func facts() -> ClusterFacts {
        var facts = ClusterFacts(alias: "west")
        facts.addresses = [.init(name: "west-1:9092", outcome: .connected("10.0.0.1:9092"))]
        facts.brokers = .success([Broker(id: 1, host: "west-1", port: 9092)])
        facts.clusterID = "W"
        facts.advertised = [.init(name: "broker 1 at west-1:9092", outcome: .connected("10.0.0.1:9092"))]
        return facts
    }

    private func check(_ kind: DoctorKind, _ change: (inout ClusterFacts) -> Void) throws -> DoctorCheck {
        var facts = Self.facts()
        change(&facts)
        return try #require(ClusterJudge(facts, now: 0).checks.first { $0.kind == kind })
    }

    @Test func aCluster() {
        let checks = ClusterJudge(Self.facts(), now: 0).checks
        #expect(checks.map(\.kind) == [.credentials, .addresses, .brokers, .brokerAddresses])
        #expect(checks.allSatisfy { $0.status == .pass && $0.cluster == "west" && $0.remedy == nil }, "\(checks)")
        #expect(checks[2].evidence.contains("1 broker of the cluster W"))
    }

    @Test(arguments: [
        (AddressProbe.Outcome.malformed, "no host:port"), (.unresolved("Name or service not known"), "not known here (Name or"),
        (.resolverSilent, "does not answer"), (.refused("10.0.0.2:9092"), "refused by 10.0.0.2:9092"), (.silent("10.0.0.2:9092"), "no answer from 10.0.0.2:9092"),
        (.failed("10.0.0.2:9092", "Network is unreachable"), "Network is unreachable"),
    ])
    func addressesSayWhatIsWrong(_ outcome: AddressProbe.Outcome, _ words: String) throws {
        let bad = ClusterFacts.Address(name: "west-2:9092", outcome: outcome)
        let some = try check(.addresses) { $0.addresses.append(bad) }
        #expect(some.status == .warn && some.findings.count == 1 && some.findings[0].hasPrefix("west-2:9092: ") && some.findings[0].contains(words), "\(some)")
        #expect(some.remedy != nil)
        #expect(try check(.addresses) { $0.addresses = [bad] }.status == .fail)
        // A broker that can't be had is worse than a bootstrap address that can't: others do for that.
        #expect(try check(.brokerAddresses) { $0.advertised.append(bad) }.status == .fail)
    }

    @Test func brokersThatDoNotAnswer() throws {
        let silent = try check(.brokers) { $0.brokers = .failure(KafkaError(.timedOut, "read the cluster's metadata", cluster: "west")) }
        #expect(silent.status == .fail && silent.remedy?.contains("security.protocol") == true)
        let refused = try check(.brokers) { $0.brokers = .failure(KafkaError(.authentication, "read the cluster's metadata", cluster: "west")) }
        #expect(refused.status == .fail && refused.remedy?.contains("sasl.mechanism") == true)
        #expect(try check(.brokerAddresses) { $0.brokers = .failure(KafkaError(.timedOut, "ask")) }.status == .unknown)
        #expect(try check(.brokers) { $0.brokers = nil }.status == .unknown)
    }

    @Test func oneClusterTwice() {
        let one = Self.facts()
        var other = one
        #expect(distinctClusters(one, other).status == .fail)
        other.clusterID = "E"
        #expect(distinctClusters(one, other).status == .pass)
        other.clusterID = nil
        #expect(distinctClusters(one, other).status == .unknown)
    }

    @Test func configurations() throws {
        let flow = FlowConfiguration(
            source: ClusterConfiguration(alias: "a", client: ClientProperties()), target: ClusterConfiguration(alias: "b", client: ClientProperties()))
        let note = ConfigurationWarning(.note, key: "k", at: nil, "means nothing"), warning = ConfigurationWarning(.warning, key: "w", at: nil, "unknown")
        #expect(ConfigurationFacts.read(flow, []).check.status == .pass)
        let noted = ConfigurationFacts.read(flow, [note]).check, warned = ConfigurationFacts.read(flow, [note, warning]).check
        #expect(noted.status == .pass && noted.findings == ["note: k: means nothing"] && noted.remedy == nil)
        #expect(warned.status == .warn && warned.findings == ["w: unknown", "note: k: means nothing"])
        #expect(ConfigurationFacts.refused("no such file").check.status == .fail)
    }

    /// Every name is in the documentation, once.
    @Test func namesAreDocumented() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../docs/status.md")
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
        for kind in DoctorKind.allCases { #expect(rows.count { $0.hasPrefix("| `\(kind.rawValue)` |") } == 1, "\(kind)") }
    }
}
