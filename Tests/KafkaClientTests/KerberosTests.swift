import Foundation
import Testing

@testable import KafkaClient

/// What is said where Kerberos is what fails. Words of librdkafka 2.0.2, Cyrus SASL 2.1.28, MIT Kerberos 1.20 and a broker of Kafka 3.9.
@Suite struct KerberosTests {
    private static let command = "kinit -k -t '/k.keytab' 'me@R'"
    private static let start = "Failed to initialize SASL authentication: SASL handshake failed (start (-1)): SASL(-1): generic failure: GSSAPI Error: "

    private func complaint(_ lines: [(level: Int32, facility: String, text: String)]) -> ClientDiagnostics.Complaint? {
        let diagnostics = ClientDiagnostics(cluster: "east", properties: ClientProperties(), log: nil)
        for line in lines { diagnostics.record(level: line.level, facility: line.facility, text: "[thrd:main]: " + line.text) }
        return diagnostics.lastComplaint
    }

    @Test func aTicketThatDoesNotCome() {
        let begun: (Int32, String, String) = (7, "SASLREFRESH", "Refreshing Kerberos ticket with command: \(Self.command)")
        let waits = complaint([begun])
        #expect(waits?.code == .authentication && waits?.text == "no broker was asked, as kinit has not come to an end")
        // Nobody is told before the time is up: it may yet come.
        let diagnostics = ClientDiagnostics(cluster: "east", properties: ClientProperties(), log: nil)
        diagnostics.record(level: begun.0, facility: begun.1, text: begun.2)
        #expect(!diagnostics.isRefused)
        #expect(complaint([begun, (7, "SASLREFRESH", "First kinit command finished: waking up broker threads")]) == nil)
        #expect(complaint([begun, (7, "SASLREFRESH", "Kerberos ticket refreshed in 12ms"), begun]) == nil)
    }

    @Test func whatBecameOfKinitIsSaidWithWhatCameOfIt() {
        func failed(_ how: String) -> ClientDiagnostics.Complaint? {
            complaint([
                (3, "SASLREFRESH", "Kerberos ticket refresh failed: \(Self.command): \(how)"),
                (3, "FAIL", Self.start + "No credentials were supplied (No Kerberos credentials available (default cache: FILE:/tmp/krb5cc_0))"),
            ])
        }
        #expect(failed("exited with code 1")?.text.hasSuffix("; kinit exited with code 1") == true)
        #expect(failed("exited with code 127")?.text.hasSuffix("; kinit is no program that was found") == true)
        // A ticket that was there did: what fails is something else.
        let refused = complaint([
            (3, "SASLREFRESH", "Kerberos ticket refresh failed: \(Self.command): exited with code 1"),
            (3, "FAIL", "Connect to ipv4#10.0.0.1:9093 failed: Connection refused"),
        ])
        #expect(refused?.code == nil && refused?.text.contains("kinit") == false)
    }

    @Test(arguments: [
        ("SASL(-4): no mechanism available: No worthy mechs found", "libsasl2-modules-gssapi-mit"),
        (start + "Unspecified GSS failure.  Minor code may provide more information (Server broker/b1@R not found in Kerberos database)", "sasl.kerberos.service.name"),
        (start + "Unspecified GSS failure (Server krbtgt/TWO@ONE not found in Kerberos database)", "DIR:/path"),
        (start + "No credentials were supplied (No Kerberos credentials available (default cache: FILE:/c)); kinit exited with code 1", "kinit -k -t KEYTAB PRINCIPAL"),
        (start + "No credentials were supplied (No Kerberos credentials available (default cache: FILE:/c))", "KRB5CCNAME"),
        (start + "No credentials were supplied; kinit is no program that was found", "krb5-user"),
        (start + "Unspecified GSS failure (Ticket expired)", "There is no ticket"),
        (start + "Unspecified GSS failure (Clock skew too great)", "set them"),
        ("no broker was asked, as kinit has not come to an end", "--source-lost"),
        ("Authentication failed during authentication due to invalid credentials with SASL mechanism GSSAPI", "not addresses"),
        ("Authentication failed: Invalid username or password", "the user name and the password"),
    ]) func advice(message: String, word: String) {
        let error = KafkaError(.authentication, "ask", cluster: "east", message: message)
        // A source whose credentials fail is none that is lost.
        #expect(error.advice?.contains(word) == true && !error.meansAway, "\(error)")
    }

    /// Said in time, and not to be the brokers' fault; also where nobody has named the mechanism.
    @Test(.enabled(if: ClientLibrary.features.contains("sasl_gssapi")), arguments: [["sasl.mechanisms": "GSSAPI"], [:]])
    func aKinitThatTakesItsTime(mechanism: [String: String]) async throws {
        let properties = ClientProperties([
            "bootstrap.servers": "127.0.0.1:1", "security.protocol": "sasl_plaintext",
            "sasl.kerberos.keytab": "/nowhere", "sasl.kerberos.kinit.cmd": "sleep 4",
        ]).merging(ClientProperties(mechanism))
        let cluster = try LibrdkafkaCluster(name: "east", properties: properties, timeout: .seconds(1))
        let error = await #expect(throws: KafkaError.self) { _ = try await cluster.clusterID() }
        #expect(error?.code == .authentication && error?.meansAway == false && error?.advice?.contains("KDC") == true, "\(error as Any)")
    }
}
