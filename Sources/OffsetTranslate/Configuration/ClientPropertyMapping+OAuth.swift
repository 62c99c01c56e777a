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
        let credentials = [
            ("clientId", "sasl.oauthbearer.client.id"), ("clientSecret", "sasl.oauthbearer.client.secret"),
        ]
        for (option, name) in credentials {
            if let value = entry.options[option] {
                try put(name, value, from: jaas)
            } else if properties[name] == nil, !has(name) {
                throw jaas.error(.missing, "OAUTHBEARER needs \(option)=\"...\"", remedy: "Add it to the login module")
            }
        }
        if let scope = entry.options["scope"] { try put("sasl.oauthbearer.scope", scope, from: jaas) }
        let extensions = entry.options.filter { $0.key.hasPrefix("extension_") }
            .map { "\($0.key.dropFirst("extension_".count))=\($0.value)" }.sorted()
        if !extensions.isEmpty {
            try put("sasl.oauthbearer.extensions", extensions.joined(separator: ","), from: jaas)
        }
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
