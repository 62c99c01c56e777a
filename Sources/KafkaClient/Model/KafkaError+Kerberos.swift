extension KafkaError {
    /// What to do where Kerberos (SASL `GSSAPI`) is what fails, by what Cyrus SASL and MIT Kerberos say: the first that fits.
    func kerberosAdvice(for cluster: String) -> String? {
        let known: [(words: [String], advice: String)] = [
            (["No worthy mechs"],
             "The library that speaks SASL finds no module for the mechanism: install Cyrus SASL's GSSAPI module "
                + "(Debian: libsasl2-modules-gssapi-mit, Fedora: cyrus-sasl-gssapi)."),
            (["kinit has not come to an end"],
             "The KDC does not answer. See to the realm's KDC in krb5.conf and to the network; a ticket that is there already "
                + "(useTicketCache=true) does without. If \(cluster) is lost, --source-lost says so."),
            (["kinit is no program"],
             "A keytab takes MIT Kerberos' kinit (Debian: krb5-user): install it, or name it in sasl.kerberos.kinit.cmd. "
                + "Without: useTicketCache=true, and a ticket from elsewhere."),
            (["Server krbtgt/"],
             "The ticket is of another realm than \(cluster), and neither trusts the other. A process has one ticket cache: to sign in to "
                + "clusters of two realms, let KRB5CCNAME name a folder for several (DIR:/path)."),
            (["not found in Kerberos database"],
             "The KDC does not know that service: sasl.kerberos.service.name has to be the first part of the brokers' principal, and "
                + "bootstrap.servers and advertised.listeners of \(cluster) have to name hosts as the second part does."),
            (["No Kerberos credentials", "icket expired", "kinit "],
             "There is no ticket to sign in to \(cluster) with: see that keytab and principal belong together, that the key was not "
                + "changed since, and that the KDC can be reached ('kinit -k -t KEYTAB PRINCIPAL' tries it); with useTicketCache=true, "
                + "that KRB5CCNAME names a cache with one."),
            (["Clock skew"], "The clocks of this machine, the KDC and \(cluster) are too far apart: set them."),
            (["GSSAPI"],
             "\(cluster) refused the ticket: check the host names in bootstrap.servers and advertised.listeners, which have to be those "
                + "of the brokers' principals and not addresses, and that the brokers' keytab is current."),
        ]
        return known.first { $0.words.contains { message.contains($0) } }?.advice
    }
}
