import FlyingSocks
import Foundation
@testable import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite struct SandboxDoorTests {
    private let folder = scratch.appendingPathComponent("door-\(UUID().uuidString)")
    private var path: String { folder.appendingPathComponent("sandbox.socket").path }

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    /// A sandbox that does nothing but answer, for as long as the body needs it.
    private func opened(
        _ carryOut: @escaping @Sendable (SandboxOrder) async throws -> String = { $0.words.joined(separator: " ") },
        _ body: (SandboxDoor) async throws -> Void
    ) async throws {
        let door = try SandboxDoor(at: folder.path)
        let serving = Task { try await door.serve(carryOut) }
        let deadline = ContinuousClock.now + .seconds(60)
        while (try? await door.tell(.sourceUp, within: .seconds(30))) == nil {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(20))
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body(door)) } catch { result = .failure(error) }
        serving.cancel()
        _ = await serving.result
        try result.get()
    }

    private func answers(_ door: SandboxDoor) async throws {
        let answer = try await door.tell(.sourceUp, within: .seconds(60))
        #expect(answer == "source-up")
    }

    private func failure(_ body: () async throws -> Void) async -> String {
        do { try await body() } catch { return "\(error)" }
        return "nothing failed"
    }

    @Test func whatIsToldIsDoneAndSaid() async throws {
        let done = Mutex<[SandboxOrder]>([])
        try await opened({ order in
            if order == .produce(13) { throw DemoError("not thirteen") }
            done.withLock { $0.append(order) }
            return "done: \(order.words)"
        }) { door in
            done.withLock { $0 = [] }
            let said = try await door.tell(.startMirrorHome("/a b/\"c\"\n.json"), within: .seconds(30))
            #expect(said.hasPrefix("done: [\"start-mirror-home\""))
            #expect(await failure { _ = try await door.tell(.produce(13), within: .seconds(30)) } == "not thirteen")
            #expect(done.withLock { $0 } == [.startMirrorHome("/a b/\"c\"\n.json")])
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(await failure { _ = try await SandboxDoor(at: path).tell(.sourceUp, within: .seconds(30)) }.contains("no sandbox listens"))
    }

    @Test func itIsItsOwnersAlone() async throws {
        try await opened { _ in
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func oneOrderAtATime() async throws {
        let running = Mutex((now: 0, most: 0, all: 0))
        try await opened({ _ in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) }
            try await Task.sleep(for: .milliseconds(20))
            running.withLock { $0.now -= 1 }
            return ""
        }) { door in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { _ = try await door.tell(.sourceDown, within: .seconds(60)) } }
                try await group.waitForAll()
            }
        }
        #expect(running.withLock { $0.most } == 1 && running.withLock { $0.all } >= 11)
    }

    @Test func whoSaysNonsenseKeepsNobodyElseOut() async throws {
        try await opened { door in
            for nonsense in ["", "\n", "{}\n", "[1]\n", String(repeating: "x", count: 100_000)] {
                let client = try await AsyncSocket.connected(to: sockaddr_un.unix(path: path), timeout: 30)
                // It may be cut off before it has said it all.
                try? await client.write(Data(nonsense.utf8))
                try client.close()
            }
            try await answers(door)
        }
    }

    @Test func aSecondSandboxIsKeptAway() async throws {
        try await opened { door in
            #expect(await failure { try await SandboxDoor(at: path).serve { _ in "" } }.contains("another sandbox listens"))
            try await answers(door)
        }
    }

    /// One that was killed has left its socket behind.
    @Test func aDeadSocketIsNoObstacle() async throws {
        let dead = try Socket(domain: AF_UNIX, type: .stream)
        try dead.bind(to: sockaddr_un.unix(path: path))
        try dead.close()
        try await opened { try await answers($0) }
    }

    @Test func aPathThatNoSocketCanHaveIsSaidToBe() async throws {
        let long = String(repeating: "x", count: 92)
        #expect(await failure { _ = try SandboxDoor(beside: long + "y/sandbox.properties") }.contains("too long"))
        #expect(try SandboxDoor(beside: long + "/any name at all.properties").path.utf8.count == SandboxDoor.longestPath)
        #expect(try SandboxDoor(beside: "some.properties").path == "sandbox.socket")
    }

    @Test func anAnswerThatDoesNotComeIsNotWaitedForForEver() async throws {
        try await opened({ if $0 == .sourceDown { try await Task.sleep(for: .seconds(3600)) }; return "" }) { door in
            #expect(await failure { _ = try await door.tell(.sourceDown, within: .milliseconds(200)) }.contains("has not answered"))
        }
    }
}
