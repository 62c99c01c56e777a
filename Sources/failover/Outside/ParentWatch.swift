import Dispatch
import Foundation

/// Ends this process, in order, once the one that it works for is gone: a runbook that was killed leaves nothing behind that looks on for
/// nobody. Groups that are under way are brought to their end, as by any SIGTERM.
struct ParentWatch {
    /// Names the process that it works for.
    static let variable = "FAILOVER_PARENT"
    private let timer: any DispatchSourceTimer

    /// `nil` where it works for itself.
    init?() {
        guard let parent = ProcessInfo.processInfo.environment[Self.variable].flatMap(Int32.init) else { return nil }
        // Its own children have another parent.
        unsetenv(Self.variable)
        timer = DispatchSource.makeTimerSource()
        timer.schedule(deadline: .now(), repeating: .milliseconds(500))
        timer.setEventHandler { if getppid() != parent { kill(getpid(), SIGTERM) } }
        timer.resume()
    }
}
