@testable import StatusServer
import Testing

/// How a request is read, and which are refused.
@Suite struct RequestHeadTests {
    private func read(_ lines: String...) throws -> RequestHead { try RequestHead(Array(lines.joined(separator: "\r\n").utf8)) }

    private func refusal(_ lines: String...) -> RequestHead.Refusal? {
        do throws(RequestHead.Refusal) {
            _ = try RequestHead(Array(lines.joined(separator: "\r\n").utf8))
            return nil
        } catch { return error }
    }

    @Test func whatIsAskedFor() throws {
        let head = try read("GET /api/v1/groups/a%2Fb?x=1 HTTP/1.1", "hOsT: LocalHost:9400", "Accept: */*")
        #expect(head == RequestHead(method: "GET", path: "/api/v1/groups/a%2Fb", host: "localhost", isKeptAlive: true))
        #expect(try read("GET http://localhost:9400 HTTP/1.1", "Host: [::1]:9400").path == "/")
        #expect(try read("GET http://localhost/metrics?x HTTP/1.1", "Host: \t[::1]:9400 ").host == "[::1]")
        #expect(try read("GET /metrics HTTP/1.1", "Host: 127.0.0.1").path == "/metrics")
    }

    @Test func whetherMoreComes() throws {
        #expect(try !read("GET / HTTP/1.1", "Host: a", "Connection: Keep-Alive, Close").isKeptAlive)
        #expect(try !read("GET / HTTP/1.0", "Host: a").isKeptAlive)
        #expect(try read("GET / HTTP/1.0", "Host: a", "Connection: keep-alive").isKeptAlive)
    }

    @Test(arguments: [
        "", "GET /", "GET / HTTP/1.1 more\r\nHost: a", "get / HTTP/1.1\r\nHost: a", "GET  / HTTP/1.1\r\nHost: a", "GET metrics HTTP/1.1\r\nHost: a",
        "GET / HTTP/1.1", "GET / HTTP/1.1\r\nHost: a\r\nHost: b", "GET / HTTP/1.1\r\nHost: a\r\nno colon", "\u{16}\u{3}\u{1}\u{2}", "GET / TLS/1.1\r\nHost: a",
        // What one program takes for a header, and another for two, or for none.
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 3", "GET / HTTP/1.1\r\nHost: a\nTransfer-Encoding: chunked", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb",
        "GET / HTTP/1.1\r\nHost: a\r\n: b", "GET / HTTP/1.1\r\nHost: a\r\nX\u{0B}: b", "GET / HTTP/1.1\r\n Host: a", "GET /\n HTTP/1.1\r\nHost: a", "GET / HTTP/1.1\r\nHost: a\0b",
    ])
    func malformed(_ text: String) { #expect(refusal(text) == .malformed) }

    @Test func noBodiesAndNoOtherVersions() {
        #expect(refusal("POST / HTTP/1.1", "Host: a", "Content-Length: 3") == .hasBody)
        #expect(refusal("GET / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") == .hasBody)
        #expect(refusal("GET / HTTP/1.1", "Host: a", "Content-Length: 0") == nil)
        #expect(refusal("PRI * HTTP/2.0", "") == .otherVersion)
    }

    @Test func addresses() throws {
        for (text, host, isLoopback) in [
            ("127.0.0.1:9400", "127.0.0.1", true), ("localhost:0", "localhost", true), ("[::1]:9400", "::1", true), ("0.0.0.0:80", "0.0.0.0", false), ("[::]:1", "::", false),
        ] {
            let address = try ListenAddress(text)
            #expect(address.host == host && address.isLoopback == isLoopback && address.description == text)
        }
        for text in ["9400", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "::1:9400", "example.com:80", ":80", "[127.0.0.1:80"] {
            #expect(throws: ListenError.self, "\(text)") { try ListenAddress(text) }
        }
    }

    @Test func onlyNamesThatCantBeAnybodyElses() throws {
        let rule = HostRule(try ListenAddress("127.0.0.5:1"))
        for name in ["localhost", "127.0.0.1", "[::1]", "127.0.0.5"] { #expect(rule.allows(name)) }
        for name in ["evil.example", "localhost.evil.example", "", "127.0.0.6", "0.0.0.0"] { #expect(!rule.allows(name)) }
        #expect(HostRule(try ListenAddress("0.0.0.0:1")).allows("status.example.com"))
    }

    @Test func dates() {
        #expect(Answer.date(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
