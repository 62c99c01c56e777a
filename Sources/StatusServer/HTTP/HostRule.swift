/// By which names the server may be called.
///
/// A page from elsewhere can have its own name lead to 127.0.0.1 and so read, in a visitor's browser, what listens there (DNS
/// rebinding). On the loopback, only names that can't be anybody else's are answered.
struct HostRule: Hashable {
    /// `nil`: any.
    private let names: Set<String>?

    init(_ address: ListenAddress) {
        let given = address.host.contains(":") ? "[\(address.host)]" : address.host
        names = address.isLoopback ? ["localhost", "127.0.0.1", "[::1]", given.lowercased()] : nil
    }

    func allows(_ host: String) -> Bool { names?.contains(host) ?? true }
}
