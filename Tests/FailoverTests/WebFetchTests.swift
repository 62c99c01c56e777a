import Foundation
import Runbooks
import Synchronization
import Testing

@testable import failover

@Suite struct WebFetchTests {
    /// Answers one request, and remembers it.
    private final class Server: Sendable {
        let port: UInt16
        private let listener: Int32
        private let heard = Mutex<String?>(nil)
        private let bytes = Atomic(0)

        /// - Parameter pause: Microseconds between 1,000 bytes that follow.
        init(_ answer: String, thenEvery pause: UInt32? = nil) throws {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let number: UInt16 = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(listener, $0, length)
                    listen(listener, 1)
                    getsockname(listener, $0, &length)
                }
                return UInt16(bigEndian: pointer.pointee.sin_port)
            }
            (self.listener, port) = (listener, number)
            // A thread of its own: it blocks.
            Thread.detachNewThread { [self] in
                let connection = accept(listener, nil, nil)
                var buffer = [UInt8](repeating: 0, count: 4096)
                let count = recv(connection, &buffer, buffer.count, 0)
                heard.withLock { $0 = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) }
                _ = answer.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
                if let pause {
                    while send(connection, "x", 1, Int32(MSG_NOSIGNAL)) == 1, bytes.add(1, ordering: .relaxed).newValue < 1000 { usleep(pause) }
                }
                close(connection)
            }
        }

        deinit { close(listener) }
        /// Of those that follow.
        var sent: Int { bytes.load(ordering: .relaxed) }
        /// Once there was an answer.
        var request: String { heard.withLock { $0 ?? "" } }
    }

    /// As a runbook's run does.
    private func fetch(_ question: HTTPQuestion) async throws -> HTTPAnswer {
        try await LiveWorld(view: RunbookProgress(), itself: try Command.executable.path).fetch(question)
    }

    private func question(_ server: Server, _ method: String = "GET") -> HTTPQuestion {
        HTTPQuestion(url: "http://127.0.0.1:\(server.port)/health?x=1", method: method, headers: ["Authorization": "Bearer x"], timeout: .seconds(30))
    }

    @Test func asksAndIsAnswered() async throws {
        let server = try Server("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nill!")
        let answer = try await fetch(question(server))
        #expect(answer.status == 503 && answer.body == Data("ill!".utf8))
        let request = server.request
        #expect(request.hasPrefix("GET /health?x=1 HTTP/1.1\r\n") && request.contains("Authorization: Bearer x\r\n"))
    }

    /// Headers may hold secrets, which are for one place.
    @Test func followsNobodyElsewhere() async throws {
        let server = try Server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        #expect(try await fetch(question(server)).status == 302)
    }

    @Test func aHugeAnswerIsCut() async throws {
        let server = try Server("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + String(repeating: "x", count: 3 << 20))
        let answer = try await fetch(question(server))
        #expect(answer.status == 200 && answer.body.count == 1 << 20)
    }

    /// A server that sends a byte now and then keeps nobody beyond the time that was given.
    @Test func timeIsUp() async throws {
        let server = try Server("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", thenEvery: 200_000)
        var question = question(server)
        question.timeout = .seconds(1)
        await #expect(throws: WebError.self) { _ = try await fetch(question) }
        // It was far from its end.
        #expect(server.sent < 1000)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://x/", "nonsense", "http://"]) func onlyTheWeb(_ url: String) async throws {
        await #expect(throws: WebError.self) { _ = try await fetch(HTTPQuestion(url: url, method: "GET", headers: [:], timeout: .seconds(5))) }
    }

    @Test func nobodyThere() async throws {
        await #expect(throws: WebError.self) {
            _ = try await fetch(HTTPQuestion(url: "http://127.0.0.1:1/", method: "GET", headers: [:], timeout: .seconds(5)))
        }
    }
}
