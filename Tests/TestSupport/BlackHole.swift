internal import Foundation

/// A port to which nobody gets through: whoever listens there accepts nobody, and its queue is full.
public final class BlackHole {
    public let address: String
    private var sockets: [Int32] = []

    public init() throws {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let listener = Self.socket()
        sockets.append(listener)
        guard Self.with(&place, { bind(listener, $0, $1) }) == 0, listen(listener, 0) == 0 else { throw CocoaError(.featureUnsupported) }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &place) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) } }
        address = "127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
        for _ in 0..<4 {
            let filler = Self.socket()
            sockets.append(filler)
            _ = fcntl(filler, F_SETFL, O_NONBLOCK)
            _ = Self.with(&place) { connect(filler, $0, $1) }
        }
    }

    deinit { for socket in sockets { close(socket) } }

    private static func socket() -> Int32 {
        #if canImport(Glibc)
        Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        Foundation.socket(AF_INET, SOCK_STREAM, 0)
        #endif
    }

    private static func with(_ place: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: &place) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) } }
    }
}
