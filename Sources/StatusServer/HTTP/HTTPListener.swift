import FlyingSocks

/// Accepts clients for as long as it runs. What one of them does, or does not do, ends no other.
struct HTTPListener: Sendable {
    let address: ListenAddress
    private let socket: Socket
    private let limits: HTTPLimits

    /// Listens at once, so that it fails at once.
    init(_ address: ListenAddress, limits: HTTPLimits = HTTPLimits()) throws {
        socket = try address.listen()
        self.limits = limits
        // The system may have chosen the port.
        switch try socket.sockname() {
        case .ip4(_, let port), .ip6(_, let port): self.address = ListenAddress(host: address.host, port: port)
        case .unix: self.address = address
        }
    }

    /// Until it is cancelled.
    func run(_ answer: @escaping @Sendable (RequestHead) -> Answer) async throws {
        defer { try? socket.close() }
        let pool = SocketPool.make()
        try await pool.prepare()
        let listening = try AsyncSocket(socket: socket, pool: pool)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pool.run() }
                group.addTask { try await accept(on: listening, answer) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch where Task.isCancelled {
            return
        }
    }

    private func accept(on listening: AsyncSocket, _ answer: @escaping @Sendable (RequestHead) -> Answer) async throws {
        await withTaskGroup(of: Void.self) { clients in
            var count = 0
            while !Task.isCancelled {
                if count >= limits.connections {
                    await clients.next()
                    count -= 1
                }
                do {
                    let client = try await listening.accept()
                    count += 1
                    clients.addTask { await HTTPConnection(socket: client, limits: limits, answer: answer).serve() }
                } catch {
                    // A client that is gone already, or no descriptors left: others may have better luck.
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
        }
    }
}
