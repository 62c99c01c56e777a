internal import Cutover
internal import Foundation

/// What there is to say of one credential. Pure.
struct CredentialJudge {
    struct Finding {
        var status: CheckStatus
        var text: String
        var remedy: String
    }

    var facts: CredentialFacts
    /// Seconds since the epoch.
    var now: Int64

    /// Sooner than this, somebody should be at it.
    private static let soon: Int64 = 30 * 86_400

    private var name: String { facts.credential.name }

    var evidence: String {
        if facts.trouble != nil { return "\(name) can't be used" }
        switch facts.credential.kind {
        case .trusted: return facts.isFolder ? "\(name) is trusted, not checked" : "\(counted(facts.certificates.count, "certificate")) trusted by \(name)" + until
        case .certificate, .store: return "\(name)" + until + (facts.keyFits == true ? ", with its key" : "")
        case .key: return "\(name) is a key" + (facts.keyFits == true ? ", which fits the certificate" : "")
        case .revoked, .keytab: return "\(name) can be read, not checked"
        }
    }

    private var until: String {
        guard let first = facts.certificates.map(\.validTo).min() else { return "" }
        return " (" + (facts.certificates.count > 1 ? "the first until " : "until ") + Self.day(first) + ")"
    }

    var findings: [Finding] {
        if let trouble = facts.trouble {
            return [Finding(status: .fail, text: "\(name) \(trouble)", remedy: "See to the path in the configuration, and to the file's permissions.")]
        }
        var findings: [Finding] = []
        if let mode = facts.exposedMode {
            findings.append(Finding(status: .warn, text: "\(name) has mode \(mode): anybody on this machine may read it", remedy: "chmod 0600 of it; who has it can sign in."))
        }
        if facts.opens == false {
            findings.append(Finding(
                status: .fail, text: "\(name) holds no key that the configured password opens",
                remedy: "See to ssl.key.password, or ssl.keystore.password; a store of an old kind has to be made anew (openssl pkcs12 -legacy reads it)."))
        }
        if facts.keyFits == false {
            findings.append(Finding(status: .fail, text: "\(name) is not the key of the certificate", remedy: "See that ssl.key and ssl.certificate are of a pair; the client's certificate comes first in its file."))
        }
        return findings + dates
    }

    private var dates: [Finding] {
        let all = facts.certificates
        if all.isEmpty, [.certificate, .trusted].contains(facts.credential.kind), !facts.isFolder {
            return [Finding(status: .fail, text: "\(name) holds no certificate", remedy: "It has to be PEM.")]
        }
        let isTrusted = facts.credential.kind == .trusted
        let expired = all.filter { $0.validTo <= now }, early = all.filter { $0.validFrom > now }
        let soon = all.filter { $0.validTo > now && $0.validTo <= now + Self.soon }
        // Of many that are trusted, an old one is of no matter while another is in use.
        let outright: CheckStatus = isTrusted && expired.count + early.count < all.count ? .warn : .fail
        return expired.map { Finding(status: outright, text: "\(name): \($0.subject) expired on \(Self.day($0.validTo))", remedy: "A new certificate.") }
            + early.map { Finding(status: outright, text: "\(name): \($0.subject) is not valid before \(Self.day($0.validFrom))", remedy: "See to this machine's clock, or take the older certificate.") }
            + soon.map { Finding(status: .warn, text: "\(name): \($0.subject) expires on \(Self.day($0.validTo))", remedy: "A new certificate, in time.") }
    }

    private static func day(_ seconds: Int64) -> String {
        String(Date(timeIntervalSince1970: Double(seconds)).ISO8601Format().prefix(10))
    }
}
