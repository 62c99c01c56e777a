/// What a script can rely on. Usage errors exit with 64.
enum ExitStatus: Int32, Error, CaseIterable {
    case error = 1
    /// Only where it was asked for.
    case changesPending = 2
    /// A check said no; nothing was changed.
    case refused = 3
    /// What the plan stands on has changed; nothing was changed.
    case stale = 4
    /// Some of it was done; the output says what.
    case partial = 5
    case cancelled = 6
    /// A runbook waits for somebody, or was interrupted: it can be resumed.
    case paused = 7

    static let usage: Int32 = 64

    /// All of them, in general.
    static let general: KeyValuePairs<Int32, String> = [
        0: "done, or nothing to do",
        error.rawValue: "error",
        changesPending.rawValue: "changes pending (`plan --detailed-exitcode` alone)",
        refused.rawValue: "a check says no, and nothing was changed (of a runbook: a step failed, or it was rolled back)",
        stale.rawValue: "the plan is stale, nothing was changed",
        partial.rawValue: "done in part, or something could not be told",
        cancelled.rawValue: "cancelled, declined or interrupted",
        paused.rawValue: "paused: `failover runbook resume` goes on",
        usage: "wrong usage, nothing was done",
    ]

    /// The end of a command's help.
    static func help(of command: String) -> String {
        let own = commands.first { $0.key == command }?.value ?? [:]
        let general = own.contains { $0.key == error.rawValue } ? "64 usage." : "1 error, 64 usage."
        return "Exit status: " + (own.map { "\($0.key) \($0.value)" } + [general]).joined(separator: "; ").replacing("`", with: "")
    }
}
