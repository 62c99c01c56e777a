internal import KafkaClient

/// What `security.protocol` turns on.
struct SecurityProtocol {
    var usesSASL: Bool
    var usesTLS: Bool
}

extension ClientPropertyMapping {
    mutating func mapProtocol() throws(ConfigurationError) -> SecurityProtocol {
        // Both clients take plaintext where nothing is said.
        guard let setting = take("security.protocol") else { return SecurityProtocol(usesSASL: false, usesTLS: false) }
        let name = setting.text.lowercased()
        guard ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"].contains(name) else {
            throw setting.error(
                .invalid, "\(setting.quoted) is no security protocol",
                remedy: "One of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL")
        }
        try put("security.protocol", name, from: setting)
        return SecurityProtocol(usesSASL: name.hasPrefix("sasl"), usesTLS: name.hasSuffix("ssl"))
    }

    mutating func mapSASL(_ security: SecurityProtocol) throws(ConfigurationError) {
        let mechanism = take("sasl.mechanism") ?? take("sasl.mechanisms")
        _ = take("sasl.mechanisms")
        let jaas = take("sasl.jaas.config")
        let handler = take("sasl.login.callback.handler.class")
        let clientHandler = take("sasl.client.callback.handler.class")
        guard security.usesSASL else {
            for unused in [mechanism, jaas, handler, clientHandler].compactMap({ $0 }) {
                warn(unused, "no effect: security.protocol does not use SASL")
            }
            return
        }
        if let mechanism { try mapMechanism(mechanism) }
        if let clientHandler { warn(clientHandler, "Java code; it has no effect") }
        let kinit = take("sasl.kerberos.kinit.cmd")
        try take("sasl.oauthbearer.client.credentials.client.id", as: "sasl.oauthbearer.client.id")
        try take("sasl.oauthbearer.client.credentials.client.secret", as: "sasl.oauthbearer.client.secret")
        guard let jaas else {
            if let handler { warn(handler, "no effect without sasl.jaas.config") }
            switch mechanism?.text.uppercased() {
            case "OAUTHBEARER": try needTokens(mechanism)
            case nil, "GSSAPI": try mapTicketCache(mechanism, kinit)
            default: break
            }
            return
        }
        let entry: JaasEntry
        do {
            entry = try JaasEntry(parsing: jaas.value)
        } catch {
            throw jaas.error(
                .malformed, error.text,
                remedy: "The form is: org.apache...PlainLoginModule required username=\"...\" password=\"...\";")
        }
        try map(entry, from: jaas, mechanism: mechanism?.text.uppercased(), handler: handler, kinit: kinit)
    }

    private mutating func mapMechanism(_ mechanism: Setting) throws(ConfigurationError) {
        let name = mechanism.text.uppercased()
        guard name != "AWS_MSK_IAM" else { throw Self.amazon(mechanism) }
        let known = ["GSSAPI", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]
        guard known.contains(name) else {
            throw mechanism.error(
                .unsupported, "\(mechanism.quoted) is no SASL mechanism that librdkafka has",
                remedy: "One of \(known.joined(separator: ", "))")
        }
        try put("sasl.mechanisms", name, from: mechanism)
    }

    private static func amazon(_ setting: Setting) -> ConfigurationError {
        setting.error(
            .unsupported, "IAM authentication of Amazon MSK is Java code",
            remedy: "Give this tool SCRAM credentials or a client certificate for that cluster")
    }

    private mutating func map(
        _ entry: JaasEntry, from jaas: Setting, mechanism: String?, handler: Setting?, kinit: Setting?
    ) throws(ConfigurationError) {
        switch entry.moduleName {
        case "PlainLoginModule", "ScramLoginModule":
            try mapPassword(entry, from: jaas, mechanism: mechanism)
        case "OAuthBearerLoginModule":
            try mapOAuth(entry, from: jaas, handler: handler)
        case "Krb5LoginModule":
            try mapKerberos(entry, from: jaas, kinit)
        case "IAMLoginModule":
            throw Self.amazon(jaas)
        default:
            throw jaas.error(
                .unsupported,
                // Only what is plainly a class is shown: a muddled text may start with the password.
                jaas.isSecret || !entry.module.hasSuffix("LoginModule")
                    ? "its login module is not known here" : "the login module “\(entry.module)” is Java code",
                remedy: "Known here: PlainLoginModule, ScramLoginModule, OAuthBearerLoginModule, Krb5LoginModule")
        }
    }

    private mutating func mapPassword(
        _ entry: JaasEntry, from jaas: Setting, mechanism: String?
    ) throws(ConfigurationError) {
        guard let mechanism, mechanism == "PLAIN" || mechanism.hasPrefix("SCRAM-") else {
            throw jaas.error(
                .conflict, "a user name and password go with the mechanisms PLAIN and SCRAM, not with "
                    + (mechanism == nil ? "GSSAPI, Kafka's default" : "the one that is set"),
                remedy: "Set sasl.mechanism to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
        }
        if entry.options["tokenauth"]?.lowercased() == "true" {
            throw jaas.error(
                .unsupported, "librdkafka does not log in with delegation tokens",
                remedy: "Use SCRAM credentials of a user")
        }
        guard let user = entry.options["username"], let password = entry.options["password"] else {
            throw jaas.error(
                .missing, "it needs username=\"...\" and password=\"...\"", remedy: "Add what is missing")
        }
        try put("sasl.username", user, from: jaas)
        try put("sasl.password", password, from: jaas)
    }
}
