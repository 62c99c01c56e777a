import ArgumentParser
import Inspection

/// What a command that makes checks takes for a refusal.
enum CheckThreshold: String, ExpressibleByArgument, CaseIterable {
    case fail, warn

    /// - Throws: ``ExitStatus/refused``.
    func admit(_ verdict: CheckStatus) throws {
        if verdict == .fail || verdict == .warn && self == .warn { throw ExitStatus.refused }
    }
}
