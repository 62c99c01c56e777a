@testable import Sandbox
import Testing

@Suite struct SandboxOrderTests {
    @Test func everyOrderComesBackFromItsWords() throws {
        let parts = SandboxPart.allCases.flatMap { part in part == .mirrorHome ? [SandboxOrder.stop(part)] : [.start(part), .stop(part)] }
        for order in parts + [.startMirrorHome("a file"), .sourceDown, .sourceUp, .produce(7)] {
            #expect(try SandboxOrder(order.words) == order)
        }
    }

    @Test(arguments: [
        [], ["nothing"], ["start-"], ["start-mirror-home"], ["stop-mirror", "now"], ["produce"], ["produce", "0"], ["produce", "many"],
        ["source-down", "x"], ["producers"], ["halt-mirror"],
    ]) func whatIsNoOrderIsRefused(_ words: [String]) {
        #expect(throws: DemoError.self) { try SandboxOrder(words) }
    }

    /// The help lists what is understood, and nothing else.
    @Test func theVerbsAreThoseThatAreUnderstood() throws {
        let listed = SandboxOrder.verbs.flatMap { $0.verb.split(separator: ", ") }
            .map { $0.split(separator: " ").map { ["FILE": "f", "N": "1"][$0] ?? String($0) } }
        for words in listed { _ = try SandboxOrder(words) }
        #expect(listed.count == 2 * SandboxPart.allCases.count + 3)
    }
}
