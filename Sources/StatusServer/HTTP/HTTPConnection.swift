import FlyingSocks
import Foundation
import KafkaClient

/// How much of the server one client may take up, and for how long.
struct HTTPLimits: Sendable {
    /// Connections at a time; others wait until one ends.
    var connections = 128
    /// Of a request's header, in bytes.
    var head = 16 << 10
    /// From the connection, or the last answer, until a whole request has arrived.
    var request = Duration.seconds(10)
    /// For each piece of an answer to be taken.
    var piece = Duration.seconds(10)
    /// Of such a piece, in bytes.
    var pieceSize = 256 << 10
    /// What a client still sends is read for so long before a connection is closed on it, so that it reads the answer.
    var lingering = Duration.seconds(1)
}

/// One client: answers its requests, one after the other.
struct HTTPConnection: Sendable {
    let socket: AsyncSocket
    let limits: HTTPLimits
    let answer: @Sendable (RequestHead) -> Answer

    func serve() async {
        defer { try? socket.close() }
        var received: [UInt8] = []
        do {
            while let (head, rest) = try await within(limits.request, { [received] in try await read(after: received) }) {
                received = rest
                let answer = answer(head)
                try await write(answer, isKeptAlive: head.isKeptAlive, isWhole: head.method != "HEAD")
                guard head.isKeptAlive else { return await linger() }
            }
        } catch let refusal as RequestHead.Refusal {
            try? await write(.refusal(refusal), isKeptAlive: false, isWhole: true)
            await linger()
        } catch {
            // Gone, too slow, or the server ends.
        }
    }

    /// The next request, and what came after it; `nil` where the client has no more.
    private func read(after received: [UInt8]) async throws -> (head: RequestHead, rest: [UInt8])? {
        var bytes = received, looked = 0
        while true {
            if let end = Self.end(of: bytes, from: max(0, looked - 3)) {
                return (try RequestHead(bytes[..<end]), Array(bytes[(end + 4)...]))
            }
            guard bytes.count <= limits.head else { throw RequestHead.Refusal.tooLarge }
            looked = bytes.count
            do { bytes += try await socket.read(atMost: 4096) } catch SocketError.disconnected { return nil }
        }
    }

    /// Where the empty line begins that ends a header.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        let mark: [UInt8] = [13, 10, 13, 10]
        return bytes.count < 4 ? nil : (start...(bytes.count - 4)).first { bytes[$0..<($0 + 4)].elementsEqual(mark) }
    }

    private func write(_ answer: Answer, isKeptAlive: Bool, isWhole: Bool) async throws {
        try await write(answer.head(isKeptAlive: isKeptAlive))
        if isWhole { for body in answer.body { try await write(body) } }
    }

    private func write(_ data: Data) async throws {
        var start = data.startIndex
        while start < data.endIndex {
            let end = min(data.endIndex, start + limits.pieceSize)
            try await within(limits.piece) { [start] in try await socket.write(data[start..<end]) }
            start = end
        }
    }

    private func linger() async {
        shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
        _ = try? await within(limits.lingering) {
            while true { _ = try await socket.read(atMost: 4096) }
        }
    }
}
