import Foundation

/// A blocking socket on the loopback, and nothing else.
struct PlainSocket {
    let descriptor: Int32

    private static func address(_ port: UInt16) -> sockaddr_in {
        sockaddr_in(
            sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian, sin_addr: in_addr(s_addr: UInt32(0x7F00_0001).bigEndian),
            sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
    }

    private static func call(_ port: UInt16, _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard descriptor >= 0, status == 0 else { throw Failure(description: "no socket at port \(port): \(String(cString: strerror(errno)))") }
        return descriptor
    }

    init(connectedTo port: UInt16) throws { descriptor = try Self.call(port, connect) }

    /// Listens at a port that the system chooses, and sends the same to whoever comes and asks, in a thread of its own.
    static func serving(_ answer: [UInt8]) throws -> UInt16 {
        let listening = try call(0, bind)
        guard listen(listening, 16) == 0 else { throw Failure(description: "can't listen") }
        var address = sockaddr_in(), size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listening, $0, &size) }
        }
        Thread.detachNewThread {
            while true {
                let client = accept(listening, nil, nil)
                guard client >= 0 else { return }
                var request = [UInt8](repeating: 0, count: 4096), sent = 0
                _ = recv(client, &request, request.count, 0)
                while sent < answer.count {
                    let count = answer.withUnsafeBytes { send(client, $0.baseAddress.map { $0 + sent }, answer.count - sent, Int32(MSG_NOSIGNAL)) }
                    guard count > 0 else { break }
                    sent += count
                }
                close(client)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Asks for a path, reads to the end, and says how many bytes came.
    static func get(_ path: String, from port: UInt16) throws -> Int {
        let socket = try Self(connectedTo: port)
        defer { close(socket.descriptor) }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
        guard send(socket.descriptor, request, request.count, 0) == request.count else { throw Failure(description: "nothing was sent") }
        var piece = [UInt8](repeating: 0, count: 1 << 18), total = 0
        while case let count = recv(socket.descriptor, &piece, piece.count, 0), count > 0 { total += count }
        return total
    }
}
