import ArgumentParser
import Cutover
import KafkaClient

/// How producers are kept from the source in a switchover.
struct FenceOptions: ParsableArguments {
    @Flag(help: "Deny everybody to write to these topics on the source, by access rules, before anything is moved; wait until nobody writes and everything is copied.")
    var fence = false
    @Flag(help: "With --fence: topics without an access rule are open to all, and stay so for everything but writing.") var fenceKeepOpen = false
    @Option(help: ArgumentHelp(
        "Fence by this executable instead: run as 'FILE fence' and 'FILE unfence', with the topics on stdin, one a line.", valueName: "file"), completion: .file())
    var fenceHook: String?
    @Option(help: ArgumentHelp("Seconds to wait behind the fence for the writers and the mirror.", valueName: "seconds")) var fenceTime = 120

    func validate() throws {
        guard (1...86_400).contains(fenceTime) else { throw ValidationError("--fence-time takes 1 to 86400 seconds.") }
        if fence, fenceHook != nil { throw ValidationError("--fence uses access rules, --fence-hook a command: choose one.") }
        if fenceKeepOpen, !fence { throw ValidationError("--fence-keep-open goes with --fence.") }
    }

    /// `nil` where none was asked for.
    func fence(on source: LibrdkafkaCluster?) throws -> (any SourceFence)? {
        guard fence || fenceHook != nil else { return nil }
        if let fenceHook { return HookFence(fenceHook) }
        guard let source else {
            throw ValidationError("--fence keeps producers from a source that is alive; with the source lost there is nothing to fence.")
        }
        return AccessRuleFence(on: source, keepsOpen: fenceKeepOpen)
    }
}

extension FenceRecord {
    /// The fence that it is a record of.
    func fence(on source: @autoclosure () throws -> LibrdkafkaCluster?) throws -> any SourceFence {
        if let hook { return HookFence(hook) }
        guard let source = try source() else { throw ValidationError("The fence is on the source, which does not answer.") }
        return AccessRuleFence(on: source)
    }

    var text: String {
        if let hook { return "'\(hook)' for \(topics.joined(separator: ", "))" }
        return "no writing to \(topics.joined(separator: ", ")) (\(rules?.count ?? 0) access rules added)"
    }
}
