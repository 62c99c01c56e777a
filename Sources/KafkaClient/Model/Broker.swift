/// A broker, where it tells clients to look for it (`advertised.listeners`).
public struct Broker: Sendable, Hashable {
    public var id: Int32
    public var host: String
    public var port: Int32

    public init(id: Int32, host: String, port: Int32) {
        self.id = id
        self.host = host
        self.port = port
    }

    /// As in `bootstrap.servers`.
    public var address: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
