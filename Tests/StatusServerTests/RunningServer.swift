import FlyingSocks
import Foundation
import Inspection
@testable import StatusServer
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A server on a port of its own, for as long as a test needs it.
struct RunningServer {
    let address: ListenAddress
    var url: String { "http://\(address)" }

    static func with(_ survey: FlowSurvey, limits: HTTPLimits = HTTPLimits(), _ body: (Self) async throws -> Void) async throws {
        try await with(await Boards.board(survey), limits: limits, body)
    }

    static func with(_ board: StatusBoard, limits: HTTPLimits = HTTPLimits(), _ body: (Self) async throws -> Void) async throws {
        let server = try StatusServer(board, at: try ListenAddress("127.0.0.1:0"), limits: limits)
        let running = Task { try await server.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(Self(address: server.address))) } catch { result = .failure(error) }
        running.cancel()
        try await running.value
        try result.get()
    }

    func get(_ path: String, is status: Int = 200) async throws -> (body: String, type: String, headers: [AnyHashable: Any]) {
        let url = try #require(URL(string: url + path))
        let (data, response) = try await URLSession(configuration: .ephemeral).data(from: url)
        let answer = try #require(response as? HTTPURLResponse)
        #expect(answer.statusCode == status, "\(path)")
        return (String(decoding: data, as: UTF8.self), answer.allHeaderFields["Content-Type"] as? String ?? "", answer.allHeaderFields)
    }

    func connect() async throws -> AsyncSocket {
        try await AsyncSocket.connected(to: try sockaddr_in.inet(ip4: "127.0.0.1", port: address.port), timeout: 30)
    }

    /// Sends bytes as they are, and reads until the server closes.
    func exchange(_ text: String) async throws -> String {
        let socket = try await connect()
        defer { try? socket.close() }
        try await socket.write(Data(text.utf8))
        var bytes: [UInt8] = []
        do { while true { bytes += try await socket.read(atMost: 65_536) } } catch SocketError.disconnected {}
        return String(decoding: bytes, as: UTF8.self)
    }
}
