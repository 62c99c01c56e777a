/// What became of a client's `kinit`, as librdkafka's own log tells it.
enum KerberosTicket: Equatable {
    case notAskedFor
    /// It runs.
    case awaited
    case got
    /// A sentence's end. A ticket that was there before may still do.
    case failed(String)

    /// Hears a line of the facility `SASLREFRESH`. Those of success, and that it begins, take `debug=security`.
    mutating func hear(_ text: String) {
        if text.contains("Refreshing Kerberos ticket") {
            // A ticket that is got anew while there is one keeps nobody waiting.
            if self == .notAskedFor { self = .awaited }
        } else if text.contains("refresh failed") {
            let reason = text.split(separator: ": ").last.map(String.init) ?? text
            self = .failed("kinit " + (reason == "exited with code 127" ? "is no program that was found" : reason))
        } else if text.contains("ticket refreshed") || text.contains("kinit command finished") {
            self = .got
        }
    }
}
