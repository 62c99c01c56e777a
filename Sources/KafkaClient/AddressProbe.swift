internal import Dispatch
internal import Foundation

/// Whether an address of a broker can be connected to, and where it fails if not: what the client library only calls "timed out".
///
/// Nothing is sent. It never takes longer than it was given, whatever the resolver and the network do.
package enum AddressProbe {
    package enum Outcome: Sendable, Hashable {
        /// To that address, in numbers.
        case connected(String)
        /// It is no `host:port`.
        case malformed
        case unresolved(String)
        case resolverSilent
        case refused(String)
        /// Nothing came back in time: packets are dropped on the way, or nobody is there.
        case silent(String)
        /// The system's words.
        case failed(String, String)
    }

    /// - Parameter address: As in `bootstrap.servers`: `host:port`, `[::1]:9092`, `SSL://host:port`, or a host alone.
    package static func look(at address: String, within time: Duration) async -> Outcome {
        guard let (host, port) = split(address) else { return .malformed }
        let deadline = Deadline(after: time)
        let found = FirstAnswer<Resolved?>()
        // The resolver has no deadline that can be set: where it does not come back, its thread is left behind.
        DispatchQueue.global().async { found.give(.success(resolve(host, port))) }
        let timer = Task {
            try? await Task.sleep(for: time)
            found.give(.success(nil))
        }
        defer { timer.cancel() }
        guard let resolved = try? await found.value else { return .resolverSilent }
        switch resolved {
        case .failure(let trouble): return .unresolved(trouble)
        case .addresses(let addresses):
            let answer = FirstAnswer<Outcome>()
            DispatchQueue.global().async { answer.give(.success(connect(to: addresses, deadline))) }
            return (try? await answer.value) ?? .silent(address)
        }
    }

    /// The two parts of an address; `nil` where it is none.
    package static func split(_ address: String) -> (host: String, port: String)? {
        var rest = address[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        var host = rest, port: Substring = "9092"
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end]
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { return nil }
            if !tail.isEmpty { port = tail.dropFirst() }
        } else if let colon = rest.firstIndex(of: ":") {
            (host, port) = (rest[..<colon], rest[rest.index(after: colon)...])
        }
        guard !host.isEmpty, let number = UInt16(port), number > 0, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
        return (String(host), String(number))
    }
}

// MARK: - Sockets

extension AddressProbe {
    private enum Resolved: Sendable {
        case addresses([Data])
        case failure(String)
    }

    #if canImport(Glibc)
    private static let stream = Int32(SOCK_STREAM.rawValue)
    #else
    private static let stream = SOCK_STREAM
    #endif

    private static func resolve(_ host: String, _ port: String) -> Resolved {
        var hints = addrinfo()
        hints.ai_socktype = stream
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, port, &hints, &list)
        guard code == 0 else { return .failure(String(cString: gai_strerror(code))) }
        // Ours, with everything it points at.
        defer { freeaddrinfo(list) }
        var addresses: [Data] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr { addresses.append(Data(bytes: address, count: Int(entry.ai_addrlen))) }
            next = entry.ai_next
        }
        return .addresses(addresses)
    }

    /// Tries them all at the same time; the first that answers counts.
    private static func connect(to addresses: [Data], _ deadline: Deadline) -> Outcome {
        var outcomes: [Outcome] = []
        var open: [(socket: Int32, name: String)] = []
        // Owned here: each is closed once it has failed, or with the rest.
        defer { for entry in open { close(entry.socket) } }
        for address in addresses {
            let name = name(address)
            let socket = socket(family(address), stream, 0)
            guard socket >= 0 else {
                outcomes.append(.failed(name, said(errno)))
                continue
            }
            _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
            let code = withAddress(address) { Foundation.connect(socket, $0, socklen_t(address.count)) == 0 ? 0 : errno }
            open.append((socket, name))
            if code == 0 { return .connected(name) }
            if code != EINPROGRESS {
                outcomes.append(outcome(code, name))
                close(open.removeLast().socket)
            }
        }
        while !open.isEmpty, !deadline.hasPassed {
            var polled = open.map { pollfd(fd: $0.socket, events: Int16(POLLOUT), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), deadline.milliseconds(atMost: 1000)) > 0 else { continue }
            for (index, entry) in open.enumerated().reversed() where polled[index].revents != 0 {
                var code: Int32 = 0, size = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(entry.socket, SOL_SOCKET, SO_ERROR, &code, &size)
                if code == 0 { return .connected(entry.name) }
                outcomes.append(outcome(code, entry.name))
                close(open.remove(at: index).socket)
            }
        }
        // Of several that failed, one that might only be slow tells the most.
        return open.first.map { .silent($0.name) } ?? outcomes.first ?? .unresolved("the name has no address")
    }

    private static func outcome(_ code: Int32, _ name: String) -> Outcome {
        switch code {
        case ECONNREFUSED: .refused(name)
        case ETIMEDOUT: .silent(name)
        default: .failed(name, said(code))
        }
    }

    private static func said(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func withAddress<Result>(_ address: Data, _ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        // Room for every family, aligned for each.
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: address.prefix($0.count)) }
        return withUnsafePointer(to: storage) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
    }

    private static func family(_ address: Data) -> Int32 { withAddress(address) { Int32($0.pointee.sa_family) } }

    /// In numbers.
    private static func name(_ address: Data) -> String {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST)), port = [CChar](repeating: 0, count: 16)
        let code = withAddress(address) {
            getnameinfo($0, socklen_t(address.count), &text, socklen_t(text.count), &port, socklen_t(port.count), NI_NUMERICHOST | NI_NUMERICSERV)
        }
        guard code == 0 else { return "?" }
        let host = string(text)
        return (host.contains(":") ? "[\(host)]" : host) + ":" + string(port)
    }
}
