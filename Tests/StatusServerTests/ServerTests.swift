import FlyingSocks
import Foundation
import Inspection
@testable import StatusServer
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Over real sockets.
@Suite struct ServerTests {
    @Test func whatAClientSees() async throws {
        try await RunningServer.with(Surveys.mixed()) { server in
            let (page, type, headers) = try await server.get("/")
            #expect(type == "text/html; charset=utf-8" && page.contains("<table id=\"groups\">"))
            let policy = try #require(headers["Content-Security-Policy"] as? String)
            let nonce = try #require(policy.firstMatch(of: /script-src 'nonce-([0-9a-z]+)'/)?.1)
            #expect(page.contains("<script nonce=\"\(nonce)\">") && page.contains("<style nonce=\"\(nonce)\">") && !page.contains("NONCE"))
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            #expect(headers["X-Content-Type-Options"] as? String == "nosniff" && headers["Set-Cookie"] == nil && headers["Cache-Control"] as? String == "no-store")
            #expect(try await server.get("/").body != page)
            // Nothing from elsewhere, and no handler or style that the policy would have to let through.
            #expect(page.firstMatch(of: /https?:\/\/(?!www\.w3\.org)|\son[a-z]+="|\sstyle=/) == nil)

            let metrics = try await server.get("/metrics")
            #expect(metrics.type == "text/plain; version=0.0.4; charset=utf-8")
            #expect(try ParsedMetrics(metrics.body)["failover_readiness"] == 2)
            for path in ["/api/v1/status", "/api/v1/groups", "/api/v1/groups/billing", "/api/v1/partitions", "/api/v1/history"] {
                let (body, type, _) = try await server.get(path)
                #expect(type == "application/json" && body.hasPrefix("{"), "\(path)")
            }
            #expect(try await server.get("/nothing", is: 404).body.contains("/metrics"))
            #expect(try await server.get("/api/v1/groups/nobody", is: 404).body.contains("no such group"))
        }
    }

    @Test func headIsGetWithoutTheBody() async throws {
        try await RunningServer.with(Surveys.mixed()) { server in
            let get = try await server.exchange("GET /api/v1/groups HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let head = try await server.exchange("HEAD /api/v1/groups HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let length = try #require(head.firstMatch(of: /Content-Length: (\d+)/)?.1)
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && head.hasSuffix("\r\n\r\n") && get.hasSuffix("}") && Int(length) ?? 0 > 500)
            #expect(get.utf8.count == head.utf8.count + (Int(length) ?? 0))
        }
    }

    @Test func refusals() async throws {
        try await RunningServer.with(Surveys.mixed()) { server in
            for (request, status) in [
                ("DELETE /api/v1/groups/billing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "405 Method Not Allowed"),
                ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", "413 Content Too Large"),
                ("GET / HTTP/1.1\r\nHost: evil.example:9400\r\nConnection: close\r\n\r\n", "421 Misdirected Request"),
                ("\u{16}\u{3}\u{1}\r\n\r\n", "400 Bad Request"), ("GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", "505 HTTP Version Not Supported"),
                ("GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", "431 Request Header Fields Too Large"),
            ] {
                let answer = try await server.exchange(request)
                #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(request.prefix(80)): \(answer.prefix(200))")
                #expect(!answer.contains("evil"))
            }
            #expect(try await server.exchange("PUT / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").contains("Allow: GET, HEAD"))
        }
    }

    @Test func severalRequestsOnOneConnection() async throws {
        try await RunningServer.with(Surveys.mixed()) { server in
            let one = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let answers = try await server.exchange(one + one + "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == 4 && answers.hasSuffix("ready\n"))
        }
    }

    /// Clients that send nothing, or not all, or read nothing: they are let go, and others are answered meanwhile.
    @Test func slowClientsHoldUpNobody() async throws {
        var limits = HTTPLimits()
        limits.connections = 4
        limits.request = .milliseconds(300)
        limits.piece = .milliseconds(300)
        try await RunningServer.with(Surveys.many(groups: 3_000, partitions: 1), limits: limits) { server in
            var idle: [AsyncSocket] = []
            for _ in 0..<3 { idle.append(try await server.connect()) }
            for part in ["GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\n", "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"] {
                let socket = try await server.connect()
                try await socket.write(Data(part.utf8))
                idle.append(socket)
            }
            for _ in 0..<6 { #expect(try await server.get("/healthz").body == "alive\n") }
            for socket in idle { try socket.close() }
        }
    }

    @Test func aPortInUseIsSaid() async throws {
        try await RunningServer.with(Surveys.mixed()) { server in
            let board = await Boards.board(Surveys.mixed())
            let error = #expect(throws: ListenError.self) { _ = try StatusServer(board, at: server.address) }
            #expect("\(error.map { "\($0)" } ?? "")".contains("is in use"))
        }
    }
}
