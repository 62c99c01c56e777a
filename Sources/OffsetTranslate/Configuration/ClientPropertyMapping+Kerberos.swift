internal import KafkaClient

extension ClientPropertyMapping {
    mutating func mapKerberos(_ entry: JaasEntry, from jaas: Setting, _ kinit: Setting?) throws(ConfigurationError) {
        let options = entry.options
        if let principal = options["principal"] { try put("sasl.kerberos.principal", principal, from: jaas) }
        if let service = options["serviceName"] { try put("sasl.kerberos.service.name", service, from: jaas) }
        if let keytab = options["keyTab"] {
            guard options["principal"] != nil || has("sasl.kerberos.principal") else {
                throw jaas.error(
                    .missing, "Krb5LoginModule has a keyTab and no principal", remedy: "Add principal=\"NAME@REALM\"; 'klist -k KEYTAB' shows whose keys it holds")
            }
            try put("sasl.kerberos.keytab", keytab, from: jaas)
            try mapKinit(kinit, from: jaas)
        } else if options["useTicketCache"]?.lowercased() == "true" {
            try leaveTicketsAlone(jaas, kinit)
        } else {
            throw jaas.error(
                .unsupported, "Krb5LoginModule with neither keyTab nor useTicketCache asks at a terminal",
                remedy: "Name a keytab, or set useTicketCache=true and run kinit")
        }
    }

    /// GSSAPI without a login module: of Java's clients, a file that only the JVM knows says who signs in.
    mutating func mapTicketCache(_ mechanism: Setting?, _ kinit: Setting?) throws(ConfigurationError) {
        guard let mechanism else { return }
        if has("sasl.kerberos.keytab") { return try mapKinit(kinit, from: mechanism) }
        try leaveTicketsAlone(mechanism, kinit)
        warn(mechanism, "GSSAPI without sasl.jaas.config: whose ticket is in the cache (KRB5CCNAME), that one signs in")
    }

    /// Somebody else keeps the ticket fresh; librdkafka must not call kinit without a keytab.
    private mutating func leaveTicketsAlone(_ setting: Setting, _ kinit: Setting?) throws(ConfigurationError) {
        try put("sasl.kerberos.min.time.before.relogin", "0", from: setting)
        if let kinit { note(kinit, "no effect: tickets are taken from the cache as they are") }
    }

    /// A path for Java, a shell command for librdkafka.
    ///
    /// librdkafka's own command leaves the principal to the shell, which spoils those of machines (`HOST$@REALM`), and looks for kinit on the PATH.
    private mutating func mapKinit(_ kinit: Setting?, from jaas: Setting) throws(ConfigurationError) {
        if let kinit, kinit.text.contains(" ") || kinit.text.contains("%{") {
            return try put("sasl.kerberos.kinit.cmd", kinit.text, from: kinit)
        }
        let program = kinit.map { "'\($0.text)'" } ?? "kinit"
        try put("sasl.kerberos.kinit.cmd", program + " -k -t '%{sasl.kerberos.keytab}' '%{sasl.kerberos.principal}'", from: kinit ?? jaas)
    }
}
