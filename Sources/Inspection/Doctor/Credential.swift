internal import Foundation
internal import KafkaClient

/// What a client of a cluster proves itself with, or trusts, by the property that names it.
struct Credential: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case trusted, revoked
        /// The client's own, with the properties' names of its key and password.
        case certificate
        case key
        case store
        case keytab
    }

    var kind: Kind
    /// How it is called: its file, or its property where that is secret, or it stands in the configuration itself.
    var name: String
    /// `nil`: it stands in the configuration.
    var path: String?
    var text: String?

    /// Nobody but the owner should read it.
    var isPrivate: Bool { [.key, .store, .keytab].contains(kind) }

    private static let files: [(String, Kind)] = [
        ("ssl.ca.location", .trusted), ("ssl.crl.location", .revoked), ("ssl.certificate.location", .certificate), ("ssl.key.location", .key),
        ("ssl.keystore.location", .store), ("sasl.kerberos.keytab", .keytab),
    ]
    private static let texts: [(String, Kind)] = [("ssl.ca.pem", .trusted), ("ssl.certificate.pem", .certificate), ("ssl.key.pem", .key)]

    /// All that the properties name. "probe" looks for the system's certificates, and names none.
    static func all(of properties: ClientProperties) -> [Credential] {
        let shown = properties.redacted
        let named = files.compactMap { property, kind -> Credential? in
            guard let path = properties[property], path != "probe" else { return nil }
            return Credential(kind: kind, name: shown[property] == path ? path : property, path: path)
        }
        return named + texts.compactMap { property, kind in
            properties[property].map { Credential(kind: kind, name: property, text: $0) }
        }
    }
}

/// What was found of a credential.
struct CredentialFacts: Sendable, Hashable {
    var credential: Credential
    /// Why it can't be read.
    var trouble: String?
    /// OpenSSL takes a folder of hashed certificates; what is in it is not looked at.
    var isFolder = false
    /// As `chmod` takes it, where others than the owner, and its group, may read what is private.
    var exposedMode: String?
    var certificates: [Certificate] = []
    /// Whether the key opens with the configured password.
    var opens: Bool?
    /// Whether the client's key belongs to its certificate.
    var keyFits: Bool?

    /// Reads the files.
    static func all(of properties: ClientProperties) -> [CredentialFacts] {
        let credentials = Credential.all(of: properties)
        let certificate = credentials.first { $0.kind == .certificate }.flatMap(contents)
        return credentials.map { credential in
            var facts = CredentialFacts(credential: credential)
            var isFolder: ObjCBool = false
            if let path = credential.path, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
                facts.isFolder = true
                if credential.kind != .trusted { facts.trouble = "is a folder" }
                return facts
            }
            guard let data = contents(credential) else {
                facts.trouble = credential.path.map { FileManager.default.fileExists(atPath: $0) } == true ? "can't be read by this user" : "does not exist"
                return facts
            }
            if credential.isPrivate, let path = credential.path, FolderFacts.isExposed(path, to: 0o007) { facts.exposedMode = FolderFacts.mode(path) }
            facts.read(data, certificate, properties)
            return facts
        }
    }

    private mutating func read(_ data: Data, _ certificate: Data?, _ properties: ClientProperties) {
        switch credential.kind {
        case .trusted, .certificate: certificates = Certificates.all(in: data)
        case .key:
            let password = properties["ssl.key.password"]
            opens = Certificates.opens(data, password: password)
            if opens == true, let certificate { keyFits = Certificates.key(data, password: password, fits: certificate) }
        case .store:
            let store = Certificates.store(data, password: properties["ssl.keystore.password"])
            opens = store != nil
            certificates = store.map { [$0.certificate] } ?? []
            keyFits = store?.keyFits
        case .revoked, .keytab: break
        }
    }

    private static func contents(_ credential: Credential) -> Data? {
        credential.text.map { Data($0.utf8) } ?? credential.path.flatMap { FileManager.default.contents(atPath: $0) }
    }
}
