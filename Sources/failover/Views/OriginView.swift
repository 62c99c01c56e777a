import Cutover
import Foundation

extension PlannedOffset.Origin {
    /// Which it was, and how old: "captured 8s".
    var text: String {
        guard let writtenAt else { return name }
        return "\(name) \(age(of: writtenAt, now: Date.now.milliseconds))"
    }
}
