import FlyingSocks
import Foundation

/// Where a server listens: `127.0.0.1:9400`, `[::1]:9400`, `localhost:9400`, `0.0.0.0:9400`. Port 0 lets the system choose.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IP address as it was given, without brackets, or `localhost`.
    public let host: String
    public let port: UInt16

    public init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ListenError.malformed(text)
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw ListenError.malformed(text)
        }
        self.host = String(host)
        self.port = port
        _ = try socketAddress
    }

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Whether only programs on this machine can come here.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    public var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    var socketAddress: any SocketAddress {
        get throws {
            if host.contains(":"), let address = try? sockaddr_in6.inet6(ip6: host, port: port) { return address }
            if let address = try? sockaddr_in.inet(ip4: host == "localhost" ? "127.0.0.1" : host, port: port) { return address }
            throw ListenError.malformed(description)
        }
    }

    /// Bound, and accepting connections.
    func listen() throws -> Socket {
        let address = try socketAddress
        let socket = try Socket(domain: Int32(address.family), type: .stream)
        do {
            try socket.setValue(true, for: .localAddressReuse)
            try socket.bind(to: address)
            try socket.listen()
            return socket
        } catch {
            try? socket.close()
            if case SocketError.failed(_, let number, let message) = error { throw ListenError.refused(self, number, message) }
            throw error
        }
    }
}

/// Why a server can't listen.
public enum ListenError: Error, CustomStringConvertible {
    case malformed(String)
    case refused(ListenAddress, Int32, String)

    public var description: String {
        switch self {
        case .malformed(let text):
            "'\(text)' is no address to listen at: give an IP address (or localhost) and a port, such as 127.0.0.1:9400 or [::1]:9400"
        case .refused(let address, EADDRINUSE, _):
            "port \(address.port) of \(address.host) is in use: stop what listens there, or choose another port (0: any)"
        case .refused(let address, EADDRNOTAVAIL, _): "\(address.host) is no address of this machine"
        case .refused(let address, EACCES, _):
            "port \(address.port) of \(address.host) needs rights that this process has not: choose one above 1023"
        case .refused(let address, _, let message): "can't listen at \(address): \(message)"
        }
    }
}
