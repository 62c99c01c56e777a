internal import KafkaClient

/// The store formats of `ssl.truststore.type` and `ssl.keystore.type`.
private enum StoreType {
    case pem, pkcs12, jks
    case other(String)

    /// What a store is: by its type if one is given; else by its name, since Java reads PKCS#12 files as `JKS` too.
    init(type: Setting?, location: Setting?) {
        switch type?.text.uppercased() {
        case "PEM": self = .pem
        case "PKCS12": self = .pkcs12
        case "JKS", nil:
            let file = location?.text.lowercased() ?? ""
            if file.hasSuffix(".p12") || file.hasSuffix(".pfx") || file.hasSuffix(".pkcs12") {
                self = .pkcs12
            } else if type == nil, [".pem", ".crt", ".cer"].contains(where: file.hasSuffix) {
                self = .pem
            } else {
                self = .jks
            }
        case let name?: self = .other(name)
        }
    }
}

extension ClientPropertyMapping {
    private static let javaStoreNames = [
        "ssl.truststore.location", "ssl.truststore.type", "ssl.truststore.password", "ssl.truststore.certificates",
        "ssl.keystore.type", "ssl.keystore.key", "ssl.keystore.certificate.chain",
    ]

    mutating func mapTLS(_ security: SecurityProtocol) throws(ConfigurationError) {
        try mapHostCheck()
        mapCiphers()
        guard security.usesTLS else {
            // A store that nobody opens is no reason to refuse a configuration.
            for name in Self.javaStoreNames + ["ssl.keystore.location", "ssl.keystore.password", "ssl.key.password"] {
                if let setting = take(name) { note(setting, "no effect: security.protocol does not use TLS") }
            }
            return
        }
        try mapTrust()
        try mapKey()
    }

    /// Java turns the check of the broker's host name off with an empty value, librdkafka with `none`.
    private mutating func mapHostCheck() throws(ConfigurationError) {
        let name = "ssl.endpoint.identification.algorithm"
        guard let setting = takeEvenEmpty(name) else { return }
        try put(name, setting.text.isEmpty ? "none" : setting.text.lowercased(), from: setting)
    }

    private mutating func mapCiphers() {
        guard let setting = remaining["ssl.cipher.suites"], setting.text.hasPrefix("TLS_") || setting.text.hasPrefix("SSL_")
        else { return }
        _ = take("ssl.cipher.suites")
        warn(setting, "Java's names of cipher suites; OpenSSL's defaults are used. Give OpenSSL's names (openssl ciphers)")
    }

    // MARK: The brokers' certificates

    private mutating func mapTrust() throws(ConfigurationError) {
        let location = take("ssl.truststore.location")
        let type = take("ssl.truststore.type")
        let password = take("ssl.truststore.password")
        let certificates = take("ssl.truststore.certificates")
        if let location, let certificates {
            throw certificates.error(
                .conflict, "both this and \(location.key) say whom to trust", remedy: "Remove one of them")
        }
        if let certificates {
            return try put("ssl.ca.pem", PEMText.normalised(certificates.value), from: certificates)
        }
        guard let location else { return }
        switch StoreType(type: type, location: location) {
        case .pem:
            if let password { note(password, "no effect: a PEM trust store has no password") }
            try put("ssl.ca.location", location.text, from: location)
        case .pkcs12:
            throw unsupported(
                location, "librdkafka reads trusted certificates as PEM, not from PKCS#12",
                "openssl pkcs12 -in \(Self.file(location)) -nokeys -out ca.pem", "ssl.truststore", "ca.pem")
        case .jks:
            throw unsupported(
                location, "librdkafka does not read Java key stores (JKS)",
                "keytool -list -rfc -keystore \(Self.file(location)) > ca.pem", "ssl.truststore", "ca.pem")
        case .other(let name):
            throw unsupported(
                location, "librdkafka does not read trust stores of type \(type?.isSecret == true ? "given" : name)",
                "export the certificates as PEM", "ssl.truststore", "ca.pem")
        }
    }

    // MARK: The client's own certificate

    private mutating func mapKey() throws(ConfigurationError) {
        let location = take("ssl.keystore.location")
        let type = take("ssl.keystore.type")
        let key = take("ssl.keystore.key")
        let chain = take("ssl.keystore.certificate.chain")
        if let location, let inline = key ?? chain {
            throw inline.error(
                .conflict, "both this and \(location.key) hold the client's key", remedy: "Remove one of them")
        }
        if key != nil || chain != nil { return try mapInlineKey(key, chain) }
        guard let location else { return }
        switch StoreType(type: type, location: location) {
        case .pem:
            // One file holds both, as Java wants it.
            try put("ssl.key.location", location.text, from: location)
            try put("ssl.certificate.location", location.text, from: location)
            try mapKeyPassword("ssl.key.password", elseStore: false)
        case .pkcs12:
            try put("ssl.keystore.location", location.text, from: location)
            try mapKeyPassword("ssl.keystore.password", elseStore: true)
        case .jks:
            let pkcs12 = "keystore.p12"
            throw unsupported(
                location, "librdkafka does not read Java key stores (JKS)",
                "keytool -importkeystore -srckeystore \(Self.file(location)) -destkeystore \(pkcs12) -deststoretype PKCS12",
                "ssl.keystore", pkcs12)
        case .other(let name):
            throw unsupported(
                location, "librdkafka does not read key stores of type \(type?.isSecret == true ? "given" : name)",
                "export the key and certificate as PKCS#12", "ssl.keystore", "keystore.p12")
        }
    }

    private mutating func mapInlineKey(_ key: Setting?, _ chain: Setting?) throws(ConfigurationError) {
        guard let key, let chain else {
            let lonely = key ?? chain
            throw ConfigurationError(
                .missing, at: lonely?.location, key: lonely?.key,
                "ssl.keystore.key and ssl.keystore.certificate.chain go together", remedy: "Add the other one")
        }
        try put("ssl.key.pem", PEMText.normalised(key.value), from: key)
        try put("ssl.certificate.pem", PEMText.normalised(chain.value), from: chain)
        if PEMText.certificates(in: chain.value) > 1 {
            warn(chain, "librdkafka before 2.8 sends only the first of these certificates; a PEM file is sent whole")
        }
        try mapKeyPassword("ssl.key.password", elseStore: false)
    }

    /// Java has a password for the store and one for the key in it; librdkafka opens either with one.
    private mutating func mapKeyPassword(_ native: String, elseStore: Bool) throws(ConfigurationError) {
        let key = take("ssl.key.password")
        let store = take("ssl.keystore.password")
        if elseStore, let key, let store, key.value != store.value {
            throw key.error(
                .unsupported, "librdkafka opens a key store and the key in it with one password",
                remedy: "Make both the same: keytool -importkeystore ... -deststoretype PKCS12")
        }
        if let password = elseStore ? store ?? key : key { try put(native, password.value, from: password) }
        if !elseStore, let store { note(store, "no effect: a PEM key store has no password; ssl.key.password is the key's") }
    }

    private static func file(_ location: Setting) -> String { location.isSecret ? "FILE" : location.text }

    private func unsupported(
        _ location: Setting, _ problem: String, _ command: String, _ base: String, _ result: String
    ) -> ConfigurationError {
        let name = "\(base).location"
        let prefix = location.key.hasSuffix(name) ? location.key.dropLast(name.count) : ""
        let type = result.hasSuffix("pem") ? "PEM" : "PKCS12"
        return location.error(
            .unsupported, problem,
            remedy: "Convert it: \(command). Then set \(prefix)\(base).location=\(result) and \(prefix)\(base).type=\(type)")
    }
}
