import Foundation
import StatusServer

extension HostileInput {
    static let request = HostileInput(
        "request", words: ["\r\n", "\n", "\r", ": ", "Host: localhost", "Content-Length: ", "Transfer-Encoding: chunked", "Connection: close", " HTTP/1.1", "http://", "GET ", "HEAD ", "%2F", "?", "#", "[::1]:", " :", "\t"]
    ) {
        [
            "GET /api/v1/groups/a%2Fb?x=1 HTTP/1.1\r\nhOsT: LocalHost:9400\r\nAccept: */*", "GET http://localhost:9400 HTTP/1.1\r\nHost: [::1]:9400\r\nConnection: Keep-Alive, Close",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3", "PRI * HTTP/2.0\r\n",
            // A body by another name is one to a proxy.
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 3", "GET / HTTP/1.1\r\nHost: a\nTransfer-Encoding: chunked", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\u{0B}: chunked",
        ].map { Data($0.utf8) }
    } read: { data in
        let head: RequestHead
        do throws(RequestHead.Refusal) { head = try RequestHead(data) } catch { return false }
        try require(head.path.hasPrefix("/") && !head.path.contains { $0 == " " || $0 == "?" }, "the path \(head.path.debugDescription)")
        try require(!head.method.isEmpty && head.method.utf8.allSatisfy { (0x41...0x5A).contains($0) }, "the method \(head.method.debugDescription)")
        // What is accepted has no second reading: everything between two line breaks is one header, whose name ends at the colon.
        let lines = String(decoding: data, as: UTF8.self).components(separatedBy: "\r\n")
        for line in lines.dropFirst() where !line.isEmpty {
            try require(!line.unicodeScalars.contains { $0 == "\n" || $0 == "\r" || $0 == "\0" }, "a header that others read as several: \(line.debugDescription)")
            let name = line.prefix { $0 != ":" }.lowercased().trimmingCharacters(in: .whitespaces.union(.controlCharacters))
            try require(name != "transfer-encoding", "a body is passed over: \(line.debugDescription)")
        }
        return true
    }
}
