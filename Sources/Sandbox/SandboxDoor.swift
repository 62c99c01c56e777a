internal import FlyingSocks
internal import Foundation
import KafkaClient

/// Where a sandbox can be told things: a socket in the file system, for its owner only. A request is a JSON list of words on one line, the answer is
/// a JSON object on one line.
public struct SandboxDoor: Sendable {
    let path: String

    struct Answer: Codable, Sendable {
        var done: String?
        var error: String?
    }

    /// What the systems' `sun_path` takes, beside its end.
    static let longestPath = 107

    private static let name = "sandbox.socket"

    /// In the same folder as a sandbox's configuration.
    public init(beside file: String) throws {
        let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
        try self.init(path: folder + Self.name)
    }

    /// - Parameter place: The folder of a sandbox's configuration, or the socket.
    public init(at place: String) throws {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
        try self.init(path: isThere && isFolder.boolValue ? (place == "." ? "" : place + "/") + Self.name : place)
    }

    /// - Throws: ``DemoError`` for a path that no socket can have.
    init(path: String) throws {
        guard path.utf8.count <= Self.longestPath else {
            throw DemoError("""
                the socket's path is too long: '\(path)' has \(path.utf8.count) bytes, and systems take \(Self.longestPath). Use a folder with a shorter \
                name, or a path relative to it.
                """)
        }
        self.path = path
    }

    // MARK: The sandbox's side

    /// Listens until cancelled, and carries out one order after the other.
    /// - Throws: ``DemoError`` where another sandbox listens there, or nobody can.
    public func serve(_ carryOut: @escaping @Sendable (SandboxOrder) async throws -> String) async throws {
        let socket = try await listen()
        defer {
            try? socket.close()
            unlink(path)
        }
        let pool = SocketPool.make()
        try await pool.prepare()
        let listening = try AsyncSocket(socket: socket, pool: pool)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pool.run() }
                group.addTask {
                    while true { await Self.serve(try await listening.accept(), carryOut) }
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch where Task.isCancelled {
            return
        }
    }

    private func listen() async throws -> Socket {
        if FileManager.default.fileExists(atPath: path) {
            if (try? await AsyncSocket.connected(to: sockaddr_un.unix(path: path)).close()) != nil {
                throw DemoError("another sandbox listens at '\(path)': stop it, or write this one's configuration elsewhere (--write-config)")
            }
            unlink(path)
        }
        do {
            let socket = try Socket(domain: AF_UNIX, type: .stream)
            try socket.bind(to: sockaddr_un.unix(path: path))
            // Nobody can come before it listens.
            chmod(path, 0o600)
            try socket.listen()
            return socket
        } catch let error as SocketError {
            throw DemoError("nobody can be listened to at '\(path)': \(error.reason)")
        }
    }

    /// A client that says nothing holds up the others for no longer than this.
    private static let hearing: Duration = .seconds(5)

    private static func serve(_ client: AsyncSocket, _ carryOut: @escaping @Sendable (SandboxOrder) async throws -> String) async {
        defer { try? client.close() }
        do {
            let words = try JSONDecoder().decode([String].self, from: try await within(hearing) { try await line(from: client) })
            var answer = Answer()
            do { answer.done = try await carryOut(try SandboxOrder(words)) } catch { answer.error = "\(error)" }
            try await write(answer, to: client)
        } catch {
            // Gone, too slow, or no order: the next one may have better luck.
        }
    }

    // MARK: The other side

    /// Returns what the sandbox says it has done, when it is done.
    /// - Throws: ``DemoError``: no sandbox, no answer in time, or why it was not done.
    public func tell(_ order: SandboxOrder, within time: Duration) async throws -> String {
        let client: AsyncSocket
        do {
            client = try await AsyncSocket.connected(to: sockaddr_un.unix(path: path))
        } catch {
            throw DemoError("no sandbox listens at '\(path)': start one with 'failover sandbox' in that folder, or name its folder with --sandbox")
        }
        defer { try? client.close() }
        let answer: Answer
        do {
            answer = try await KafkaClient.within(time) {
                try await Self.write(order.words, to: client)
                return try JSONDecoder().decode(Answer.self, from: try await Self.line(from: client))
            }
        } catch is TooSlow {
            throw DemoError("the sandbox has not answered within \(time.components.seconds) s; it may still do it: tell it again")
        } catch {
            throw DemoError("the sandbox at '\(path)' has ended without an answer")
        }
        guard let done = answer.done else { throw DemoError(answer.error ?? "the sandbox did not say what it has done") }
        return done
    }

    // MARK: Both

    private static func write(_ value: some Encodable, to socket: AsyncSocket) async throws {
        try await socket.write(try JSONEncoder().encode(value) + [0x0A])
    }

    private static func line(from socket: AsyncSocket) async throws -> Data {
        var line = Data()
        while line.last != 0x0A {
            guard line.count < 1 << 16 else { throw SocketError.disconnected }
            line += try await socket.read(atMost: 4096)
        }
        return line
    }
}

extension SocketError {
    fileprivate var reason: String {
        if case .failed(_, _, let message) = self { return message }
        return "\(self)"
    }
}
