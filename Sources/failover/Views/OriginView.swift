import Cutover
import Foundation

extension PlannedOffset.Origin {
    /// "source", "checkpoint" or "captured".
    var name: String {
        switch self {
        case .sourceCommit: "source"
        case .checkpoint: "checkpoint"
        case .captured: "captured"
        }
    }

    /// Milliseconds since the epoch; `nil` for what the source said just now.
    var writtenAt: Int64? {
        switch self {
        case .sourceCommit: nil
        case .checkpoint(let time), .captured(let time): time
        }
    }

    /// Which it was, and how old: "captured 8s".
    var text: String {
        guard let writtenAt else { return name }
        return "\(name) \(age(of: writtenAt, now: Date.now.milliseconds))"
    }
}
