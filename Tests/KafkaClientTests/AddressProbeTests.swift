import Foundation
@testable import KafkaClient
import TestSupport
import Testing

/// Where a connection fails, and that nothing hangs.
@Suite struct AddressProbeTests {
    @Test(arguments: [
        ("west:9092", "west", "9092"), ("west", "west", "9092"), ("10.0.0.1:1", "10.0.0.1", "1"), ("[::1]:9093", "::1", "9093"), ("[::1]", "::1", "9092"),
        ("SSL://west:9093", "west", "9093"), ("west:65535", "west", "65535"),
    ])
    func addresses(_ address: String, _ host: String, _ port: String) throws {
        let parts = try #require(AddressProbe.split(address))
        #expect(parts.host == host && parts.port == port)
    }

    @Test(arguments: ["", ":9092", "west:", "west:x", "west:0", "west:65536", "west:-1", "[::1", "[::1]x", "[]:1", "we st:1", "west/x:1", "::1"])
    func whatIsNone(_ address: String) async {
        #expect(AddressProbe.split(address) == nil)
        #expect(await AddressProbe.look(at: address, within: .seconds(30)) == .malformed)
    }

    @Test func aBroker() async throws {
        let cluster = try EmbeddedCluster(name: "east", brokers: 1)
        let port = try #require(cluster.bootstrapServers.split(separator: ":").last)
        #expect(await AddressProbe.look(at: "127.0.0.1:\(port)", within: .seconds(30)) == .connected("127.0.0.1:\(port)"))
        // One of a name's addresses is enough.
        #expect(await AddressProbe.look(at: "localhost:\(port)", within: .seconds(30)) == .connected("127.0.0.1:\(port)"))
        let brokers = try await LibrdkafkaCluster(name: "east", properties: cluster.properties, timeout: .seconds(30)).brokers()
        #expect(brokers.map(\.address) == [cluster.bootstrapServers] && brokers.map(\.id) == [1])
    }

    @Test func nobodyListens() async {
        #expect(await AddressProbe.look(at: "127.0.0.1:1", within: .seconds(30)) == .refused("127.0.0.1:1"))
    }

    /// Names below "invalid" are nobody's (RFC 6761); where there is no resolver at all, that is said instead.
    @Test func aNameThatIsNotKnown() async {
        switch await AddressProbe.look(at: "nowhere.invalid:9092", within: .seconds(60)) {
        case .unresolved(let reason): #expect(!reason.isEmpty)
        case .resolverSilent: break
        case let other: Issue.record("\(other)")
        }
    }

    @Test func whatIsDroppedOnTheWay() async throws {
        let hole = try BlackHole()
        let begun = ContinuousClock.now
        #expect(await AddressProbe.look(at: hole.address, within: .milliseconds(500)) == .silent(hole.address))
        #expect(ContinuousClock.now - begun >= .milliseconds(500))
        withExtendedLifetime(hole) {}
    }
}
