/// What a client asks for: an HTTP/1.x request without a body, which is all that a reader needs.
package struct RequestHead: Hashable {
    package var method: String
    /// As it was sent, without the query.
    package var path: Substring
    /// Without the port.
    package var host: String
    /// Whether the client sends another request on the same connection.
    package var isKeptAlive: Bool

    package enum Refusal: Error {
        case malformed
        case tooLarge
        case hasBody
        case otherVersion
    }
}

extension RequestHead {
    /// - Parameter text: all up to the empty line.
    package init(_ text: some Collection<UInt8>) throws(Refusal) {
        // Header values may hold any bytes; what is looked at is ASCII.
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        let request = lines.first?.split(separator: " ", omittingEmptySubsequences: false) ?? []
        // A break or a name that a proxy reads otherwise may hide a body from one of the two.
        guard request.count == 3, lines.allSatisfy({ !$0.utf8.contains(where: Self.isBreak) }) else { throw .malformed }
        guard !request[0].isEmpty, request[0].utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { throw .malformed }
        guard request[2].hasPrefix("HTTP/") else { throw .malformed }
        guard request[2] == "HTTP/1.1" || request[2] == "HTTP/1.0" else { throw .otherVersion }
        method = String(request[0])
        path = Self.path(of: request[1])
        guard path.hasPrefix("/") else { throw .malformed }
        var hosts: [Substring] = [], connection = ""
        for line in lines.dropFirst() where !line.isEmpty {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex, line[..<colon].utf8.allSatisfy(Self.isNameByte) else { throw .malformed }
            let value = line[line.index(after: colon)...].trimmed
            switch line[..<colon].lowercased() {
            case "host": hosts.append(value)
            case "connection": connection += value.lowercased() + ","
            case "content-length" where value != "0", "transfer-encoding": throw .hasBody
            default: break
            }
        }
        guard hosts.count == 1 else { throw .malformed }
        host = Self.name(of: hosts[0])
        let options = connection.split(separator: ",").map(\.trimmed)
        isKeptAlive = request[2] == "HTTP/1.1" ? !options.contains("close") : options.contains("keep-alive")
    }

    /// Proxies may send the whole address.
    private static func path(of target: Substring) -> Substring {
        var target = target.prefix { $0 != "?" && $0 != "#" }
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            target = target.dropFirst(scheme.count).drop { $0 != "/" }
            if target.isEmpty { return "/" }
        }
        return target
    }

    /// What RFC 9110 allows in a header's name.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Some programs end a line at the one or the other alone, or a text at the third.
    private static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D || byte == 0 }

    private static func name(of host: Substring) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return host[...end].lowercased() }
        return host.prefix { $0 != ":" }.lowercased()
    }
}

extension StringProtocol {
    /// Without the blanks that HTTP allows around a value.
    fileprivate var trimmed: Self.SubSequence {
        var text = self[...]
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text.drop { $0 == " " || $0 == "\t" }
    }
}
