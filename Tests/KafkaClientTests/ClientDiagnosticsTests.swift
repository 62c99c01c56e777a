import Foundation
import Synchronization
import Testing

@testable import KafkaClient

/// What a client library's complaints mean, and what of them anybody is told.
@Suite struct ClientDiagnosticsTests {
    private static let broker = "[thrd:b]: sasl_ssl://b1:9093/bootstrap: "

    private func complaint(_ lines: [(level: Int32, facility: String, text: String)]) -> ClientDiagnostics.Complaint? {
        let diagnostics = ClientDiagnostics(cluster: "east", properties: ClientProperties(), log: nil)
        for line in lines { diagnostics.record(level: line.level, facility: line.facility, text: line.text) }
        return diagnostics.lastComplaint
    }

    /// librdkafka 2.0.2's words, as brokers of Kafka 3.9 drew them.
    @Test(arguments: [
        ("FAIL", "SASL authentication error: Authentication failed: Invalid username or password (after 300ms in state AUTH_REQ)", KafkaError.Code.authentication),
        ("FAIL", "SASL OAUTHBEARER mechanism handshake failed: Broker: Unsupported SASL mechanism", .authentication),
        ("FAIL", "Failed to initialize SASL authentication: SASL handshake failed (start (-4)): SASL(-4): no mechanism available: No worthy mechs found", .authentication),
        ("FAIL", "SSL handshake failed: error:0A000126:SSL routines::unexpected eof while reading (after 1ms in state SSL_HANDSHAKE)", .ssl),
        ("FAIL", "Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL alert number 42", .ssl),
        ("SSLCERTVRFY", "Certificate (subject=/CN=b) verification callback failed: the broker's certificate has expired", .ssl),
        ("FAIL", "Failed to resolve 'b1:9093': Name or service not known", .resolve),
        ("FAIL", "Connect to ipv4#10.0.0.1:9093 failed: Connection refused (after 0ms in state CONNECT)", nil),
    ]) func whatAComplaintProves(facility: String, text: String, code: KafkaError.Code?) throws {
        let said = complaint([(3, facility, Self.broker + text), (3, "ERROR", "[thrd:b]: 1/1 brokers are down")])
        let complaint = try #require(said)
        #expect(complaint.code == code && complaint.text.hasPrefix("sasl_ssl://b1:9093/bootstrap: ") && !complaint.text.contains(" (after "))
    }

    @Test func whatIsWrongWithACertificateIsNotTalkedOver() {
        let complaint = complaint([
            (3, "SSLCERTVRFY", Self.broker + "Certificate (subject=/CN=b) verification callback failed: \(CertificateProblem.text(62))"),
            (3, "FAIL", Self.broker + "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: verify that ssl.ca.location is right"),
        ])
        #expect(complaint?.text.hasSuffix("the broker's certificate is for another host than the address it was reached at") == true)
        #expect([9, 10, 18, 19, 23, 62].allSatisfy { !CertificateProblem.text($0).contains("X509") } && CertificateProblem.text(42).contains("error 42"))
    }

    /// Connections that come and go are no reason, but one that was hung up on from the start is.
    @Test func ofQuietLinesOnlyTheProtocolCounts() {
        #expect(complaint([(6, "FAIL", Self.broker + "Disconnected (after 600000ms in state UP)")]) == nil)
        let text = "Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol configuration"
        #expect(complaint([(6, "FAIL", Self.broker + text)])?.text.hasSuffix(text) == true)
    }

    @Test func whatHangsUpIsNotTakenForLost() {
        let refused = KafkaError(.transport, "ask", cluster: "west", message: "Connection refused")
        let hungUp = KafkaError(.timedOut, "ask", cluster: "west", message: "Disconnected: verify that security.protocol is correctly configured")
        #expect(refused.meansAway && !refused.isHangUp)
        #expect(!hungUp.meansAway && hungUp.isHangUp && hungUp.isRetriable && hungUp.advice?.contains("--source-lost") == true)
        let certificate = KafkaError(.ssl, "ask", cluster: "west", message: "sslv3 alert bad certificate: SSL alert number 42")
        #expect(certificate.advice?.contains("this client's certificate") == true)
        #expect(KafkaError(.ssl, "ask", message: "x").advice?.contains("ssl.truststore.location") == true)
    }

    // MARK: Secrets

    private var properties: ClientProperties {
        var properties = ClientProperties(["sasl.password": "hunter2-and-more", "ssl.key.password": "abc", "bootstrap.servers": "b1:9093"])
        properties.setSecret("sasl.username", to: "from-the-vault")
        return properties
    }

    @Test func logLinesHoldNoSecret() {
        let lines = Mutex<[String]>([])
        let diagnostics = ClientDiagnostics(cluster: "east", properties: properties.merging(ClientProperties(["debug": "all"]))) { _, _, _, text in
            lines.withLock { $0.append(text) }
        }
        diagnostics.record(level: 7, facility: "SEND", text: "user from-the-vault with hunter2-and-more of abc at b1:9093")
        diagnostics.record(level: 3, facility: "FAIL", text: "no login for hunter2-and-more")
        #expect(lines.withLock { $0 } == ["user (secret) with (secret) of abc at b1:9093", "no login for (secret)"])
        #expect(diagnostics.lastComplaint?.text == "no login for (secret)")
    }

    /// Without `debug` nobody is told of what only explains a time-out.
    @Test func quietLinesAreKept() {
        let count = Mutex(0)
        let diagnostics = ClientDiagnostics(cluster: "east", properties: ClientProperties()) { _, _, _, _ in count.withLock { $0 += 1 } }
        diagnostics.record(level: 6, facility: "FAIL", text: "Disconnected")
        diagnostics.record(level: 4, facility: "FAIL", text: "Disconnected")
        #expect(count.withLock { $0 } == 1)
    }

    @Test func whatLibrdkafkaRefusesIsNotRepeated() throws {
        var properties = ClientProperties(["bootstrap.servers": "127.0.0.1:1"])
        properties.setSecret("security.protocol", to: "from-the-vault")
        let error = #expect(throws: KafkaError.self) { _ = try LibrdkafkaCluster(name: "east", properties: properties) }
        #expect(error?.message.contains("security.protocol") == true && "\(error as Any)".contains("from-the-vault") == false)
    }

    @Test func aFileThatIsNotThereIsNamed() throws {
        let properties = ClientProperties(["bootstrap.servers": "127.0.0.1:1", "security.protocol": "ssl", "ssl.ca.location": "/nowhere/ca.pem"])
        let error = #expect(throws: KafkaError.self) { _ = try LibrdkafkaCluster(name: "east", properties: properties) }
        #expect(error?.message.contains("ssl.ca.location: '/nowhere/ca.pem' can't be read (No such file or directory)") == true)
    }

    /// A listener that wants TLS does this to a client that does not speak it.
    @Test func aListenerThatHangsUp() async throws {
        let listener = try HangingUp()
        let cluster = try LibrdkafkaCluster(
            name: "east", properties: ClientProperties(["bootstrap.servers": "127.0.0.1:\(listener.port)"]), timeout: .seconds(5))
        let error = await #expect(throws: KafkaError.self) { _ = try await cluster.clusterID() }
        #expect(error?.isHangUp == true && error?.meansAway == false, "\(error as Any)")
    }
}

/// Takes connections and closes them at the first byte.
private final class HangingUp: Sendable {
    let port: UInt16
    private let listener: Int32

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in(), size = socklen_t(MemoryLayout<sockaddr_in>.size)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isOpen = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &size) == 0 }
        }
        try #require(isOpen)
        (self.listener, port) = (listener, UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                var byte: UInt8 = 0
                _ = recv(connection, &byte, 1, 0)
                close(connection)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
