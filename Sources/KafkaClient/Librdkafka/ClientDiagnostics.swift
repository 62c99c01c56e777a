internal import CRdkafka
internal import Foundation
internal import Synchronization

/// Receives the client library's own log lines: cluster, syslog level, facility, text. Secrets are replaced in them.
public typealias ClientLog = @Sendable (_ cluster: String, _ level: Int, _ facility: String, _ text: String) -> Void

/// Remembers what a client last complained of, so that a time-out can say more than "timed out".
final class ClientDiagnostics: Sendable {
    struct Complaint {
        /// What the text proves; nil where it is only a connection that failed.
        var code: KafkaError.Code?
        var text: String
    }

    private let cluster: String
    private let log: ClientLog?
    /// The least urgent level that anybody but this type is told of.
    private let verbosity: Int32
    private let secrets: [String]
    private let complaint = Mutex<Complaint?>(nil)
    private let ticket = Mutex(KerberosTicket.notAskedFor)

    init(cluster: String, properties: ClientProperties, log: ClientLog?) {
        self.cluster = cluster
        secrets = properties.secrets
        self.log = log
        verbosity = properties["debug"] == nil ? 4 : 7
    }

    func record(level: Int32, facility: String, text: String) {
        let text = redacted(text)
        if ["FAIL", "ERROR", "SSL", "SASL", "SSLCERTVRFY"].contains(facility) { note(level, facility, text) }
        if facility == "SASLREFRESH" { ticket.withLock { $0.hear(text) } }
        if level <= verbosity { log?(cluster, Int(level), facility, text) }
    }

    private func note(_ level: Int32, _ facility: String, _ text: String) {
        // "[thrd:…]: broker/…: Connect to … failed: Connection refused (after 0ms in state CONNECT)"
        var said = text.hasPrefix("[") ? (text.range(of: "]: ").map { String(text[$0.upperBound...]) } ?? text) : text
        if let tail = said.range(of: " (after ") { said = String(said[..<tail.lowerBound]) }
        let lower = said.lowercased()
        // Connections come and go; of those that do, only one that was wrong from the start is a reason.
        if level > 4, !lower.contains("security.protocol") { return }
        let code: KafkaError.Code? =
            Self.signingIn.contains(where: lower.contains) ? .authentication
            : lower.contains("ssl handshake") || lower.contains("certificate") || lower.contains("ssl alert") ? .ssl
            : lower.contains("failed to resolve") ? .resolve : nil
        complaint.withLock {
            // "all brokers down" adds nothing to the reason it follows, and the handshake nothing to what is wrong with the certificate.
            if $0 != nil, lower.contains("brokers are down") { return }
            if let last = $0, last.code == .ssl, last.text.contains("verification callback"), lower.contains("certificate verify failed") { return }
            $0 = Complaint(code: code, text: said)
        }
    }

    /// Refused by the brokers, or never got as far as them: there is no mechanism, or nothing to sign in with, on this side.
    private static let signingIn = ["authentication error", "authentication failed", "mechanism handshake", "initialize sasl", "sasl handshake failed"]

    var lastComplaint: Complaint? {
        let last = complaint.withLock { $0 }
        switch (ticket.withLock { $0 }, last) {
        // librdkafka connects to no broker before kinit has ended, so nothing is known of them.
        case (.awaited, nil): return Complaint(code: .authentication, text: "no broker was asked, as kinit has not come to an end")
        case (.failed(let reason), .some(var last)) where last.code == .authentication:
            last.text += "; " + reason
            return last
        default: return last
        }
    }

    /// The last complaint is of what does not mend itself: credentials or certificates. A kinit that still runs may yet bring a ticket.
    var isRefused: Bool { complaint.withLock { $0?.code }.map { [.authentication, .ssl].contains($0) } ?? false }

    func redacted(_ text: String) -> String { secrets.reduce(text) { $0.replacing($1, with: "(secret)") } }
}

/// Has librdkafka's own log say what is wrong with a broker's certificate, where OpenSSL says only that verifying it failed.
///
/// It decides nothing: what OpenSSL does not find right stays refused, as it is without it.
func explainCertificates(_ conf: OpaquePointer) {
    rd_kafka_conf_set_ssl_cert_verify_cb(conf) { _, _, _, error, _, _, _, text, size, _ in
        guard let error, error.pointee != 0 else { return error == nil ? 0 : 1 }
        if let text, size > 0 { _ = CertificateProblem.text(error.pointee).withCString { strncpy(text, $0, size - 1) } }
        return 0
    }
}

/// OpenSSL's `X509_V_ERR_*` as a person would say them.
enum CertificateProblem {
    static func text(_ code: Int32) -> String {
        switch code {
        case 9: "the broker's certificate is not valid yet (or the clock here is wrong)"
        case 10: "the broker's certificate has expired (or the clock here is wrong)"
        case 18: "the broker's certificate is signed by itself, and is none of those that are trusted (ssl.truststore.location)"
        case 2, 19, 20, 21: "the broker's certificate is not signed by anybody who is trusted (ssl.truststore.location)"
        case 23: "the broker's certificate was revoked"
        case 62, 64: "the broker's certificate is for another host than the address it was reached at"
        default: "OpenSSL finds the broker's certificate wrong: error \(code) (X509_V_ERR)"
        }
    }
}
