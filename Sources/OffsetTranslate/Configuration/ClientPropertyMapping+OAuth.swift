internal import KafkaClient

extension ClientPropertyMapping {
    /// The login handlers of Kafka that ask a token endpoint with client credentials, which librdkafka calls OIDC.
    private static let credentialHandlers: Set<String> = [
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler",
        "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler",
    ]

    mutating func mapOAuth(
        _ entry: JaasEntry, from jaas: Setting, handler: Setting?
    ) throws(ConfigurationError) {
        guard let handler else {
            if has("sasl.oauthbearer.token.endpoint.url") { return try mapCredentials(entry, from: jaas) }
            return try mapUnsecured(entry, from: jaas)
        }
        guard Self.credentialHandlers.contains(handler.text) else {
            throw handler.error(
                .unsupported, "a login handler of your own is Java code",
                remedy: "Use Kafka's OAuthBearerLoginCallbackHandler with sasl.oauthbearer.token.endpoint.url")
        }
        try mapCredentials(entry, from: jaas)
    }

    /// Without anything to get a token by, librdkafka waits for one, and asks no broker.
    func needTokens(_ mechanism: Setting?) throws(ConfigurationError) {
        let given = ["sasl.oauthbearer.method": "oidc", "enable.sasl.oauthbearer.unsecure.jwt": "true"]
        guard let mechanism, !given.contains(where: { remaining[$0.key]?.text.lowercased() == $0.value }) else { return }
        throw mechanism.error(
            .missing, "OAUTHBEARER needs sasl.jaas.config, or there is nothing to get tokens with",
            remedy: "Set it to OAuthBearerLoginModule with clientId and clientSecret, and sasl.oauthbearer.token.endpoint.url")
    }

    /// What is missing where librdkafka knows a property of OAUTHBEARER and can't do what it is for.
    static func withoutEndpoints(_ setting: Setting) -> ConfigurationError {
        setting.error(
            .unsupported, "the librdkafka at hand (\(ClientLibrary.version)) was built without OIDC: it can't get tokens from an endpoint",
            remedy: "Run with one that was built with it and libcurl, which 'failover --version' shows as oauthbearer_oidc; or give this tool "
                + "SCRAM credentials or a client certificate for that cluster")
    }

    private mutating func mapCredentials(_ entry: JaasEntry, from jaas: Setting) throws(ConfigurationError) {
        guard let endpoint = take("sasl.oauthbearer.token.endpoint.url") else {
            throw jaas.error(
                .missing, "OAUTHBEARER needs the address that gives tokens",
                remedy: "Set sasl.oauthbearer.token.endpoint.url")
        }
        guard endpoint.text.lowercased().hasPrefix("http") else {
            throw endpoint.error(
                .unsupported, "librdkafka gets tokens over HTTP(S) alone", remedy: "Name an https address")
        }
        try put("sasl.oauthbearer.method", "oidc", from: jaas)
        try put("sasl.oauthbearer.token.endpoint.url", endpoint.text, from: endpoint)
        for (name, value) in Self.credentials(entry) { try put(name, value, from: jaas) }
        for name in ["sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret"] {
            guard properties[name] == nil, !has(name) else { continue }
            throw jaas.error(
                .missing, "OAUTHBEARER needs clientId=\"...\" and clientSecret=\"...\"",
                remedy: "Add them to the login module")
        }
    }

    /// The options of Kafka's login module by librdkafka's names.
    static func credentials(_ entry: JaasEntry) -> [(name: String, value: String)] {
        let options = [
            ("clientId", "sasl.oauthbearer.client.id"), ("clientSecret", "sasl.oauthbearer.client.secret"),
            ("scope", "sasl.oauthbearer.scope"),
        ]
        let extensions = entry.options.filter { $0.key.hasPrefix("extension_") }
            .map { "\($0.key.dropFirst("extension_".count))=\($0.value)" }.sorted()
        return options.compactMap { option, name in entry.options[option].map { (name, $0) } }
            + (extensions.isEmpty ? [] : [("sasl.oauthbearer.extensions", extensions.joined(separator: ","))])
    }

    /// Kafka's unsecured tokens, which are for tests on both sides.
    private mutating func mapUnsecured(_ entry: JaasEntry, from jaas: Setting) throws(ConfigurationError) {
        let principalClaim = entry.options["unsecuredLoginPrincipalClaimName"] ?? "sub"
        guard let principal = entry.options["unsecuredLoginStringClaim_\(principalClaim)"] else {
            throw jaas.error(
                .unsupported, "OAUTHBEARER has neither a token endpoint nor an unsecured token for tests",
                remedy: "Set sasl.oauthbearer.token.endpoint.url, clientId and clientSecret")
        }
        guard !principal.contains(where: \.isWhitespace), !principalClaim.contains(where: \.isWhitespace) else {
            throw jaas.error(
                .unsupported, "librdkafka's unsecured tokens hold no white space", remedy: "Choose another principal")
        }
        var config = ["principalClaimName=\(principalClaim)", "principal=\(principal)"]
        if let life = entry.options["unsecuredLoginLifetimeSeconds"], let seconds = Int64(life) {
            config.append("lifeSeconds=\(seconds)")
        }
        try put("enable.sasl.oauthbearer.unsecure.jwt", "true", from: jaas)
        try put("sasl.oauthbearer.config", config.joined(separator: " "), from: jaas)
        warn(jaas, "unsecured OAUTHBEARER tokens are for tests; any client can make one")
    }
}
