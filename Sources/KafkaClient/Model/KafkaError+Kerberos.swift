extension KafkaError {
    /// What to do where Kerberos (SASL `GSSAPI`) is what fails, by what Cyrus SASL and MIT Kerberos say.
    var kerberosAdvice: String? {
        let cluster = cluster.map { "'\($0)'" } ?? "the cluster"
        if message.contains("No worthy mechs") {
            return "The library that speaks SASL finds no module for the mechanism: install Cyrus SASL's GSSAPI module "
                + "(Debian: libsasl2-modules-gssapi-mit, Fedora: cyrus-sasl-gssapi)."
        }
        if message.contains("kinit has not come to an end") {
            return "The KDC does not answer. See to the realm's KDC in krb5.conf and to the network; a ticket that is there already "
                + "(useTicketCache=true) does without. If \(cluster) is lost, --source-lost says so."
        }
        if message.contains("kinit is no program") {
            return "A keytab takes MIT Kerberos' kinit (Debian: krb5-user): install it, or name it in sasl.kerberos.kinit.cmd. "
                + "Without: useTicketCache=true, and a ticket from elsewhere."
        }
        if message.contains("Server krbtgt/") {
            return "The ticket is of another realm than \(cluster), and neither trusts the other. A process has one ticket cache: to sign in to "
                + "clusters of two realms, let KRB5CCNAME name a folder for several (DIR:/path)."
        }
        if message.contains("not found in Kerberos database") {
            return "The KDC does not know that service: sasl.kerberos.service.name has to be the first part of the brokers' principal, and "
                + "bootstrap.servers and advertised.listeners of \(cluster) have to name hosts as the second part does."
        }
        if message.contains("No Kerberos credentials") || message.contains("icket expired") || message.contains("kinit ") {
            return "There is no ticket to sign in to \(cluster) with: see that keytab and principal belong together, that the key was not "
                + "changed since, and that the KDC can be reached ('kinit -k -t KEYTAB PRINCIPAL' tries it)\(Self.ticketCache)."
        }
        if message.contains("Clock skew") { return "The clocks of this machine, the KDC and \(cluster) are too far apart: set them." }
        guard message.contains("GSSAPI") else { return nil }
        return "\(cluster) refused the ticket: check the host names in bootstrap.servers and advertised.listeners, which have to be those "
            + "of the brokers' principals and not addresses, and that the brokers' keytab is current."
    }

    private static let ticketCache = "; with useTicketCache=true, that KRB5CCNAME names a cache with one"
}
