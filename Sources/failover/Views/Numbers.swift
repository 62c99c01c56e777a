import Foundation
import OffsetTranslate

extension Optional where Wrapped: BinaryInteger {
    var grouped: String { map(\.grouped) ?? "-" }
}

/// Milliseconds since the epoch as an age: "3s", "5m", "2h", "4d".
func age(of timestamp: Int64, now: Int64) -> String {
    guard timestamp >= 0 else { return "-" }
    let seconds = max(0, now - timestamp) / 1000
    return switch seconds {
    case ..<120: "\(seconds)s"
    case ..<7200: "\(seconds / 60)m"
    case ..<172_800: "\(seconds / 3600)h"
    default: "\(seconds / 86_400)d"
    }
}

extension Int64 {
    /// "3.4 MiB".
    var inBytes: String {
        var value = Double(self), unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 { (value, unit) = (value / 1024, next) }
        let tenths = (value * 10).rounded() / 10
        return (unit == "B" || tenths >= 100 ? "\(Int64(tenths))" : "\(tenths)") + " " + unit
    }
}

/// Milliseconds since the epoch as an instant, in UTC.
func instant(_ timestamp: Int64) -> String {
    timestamp < 0 ? "-" : Date(timeIntervalSince1970: Double(timestamp) / 1000).ISO8601Format()
}

extension Date {
    /// Since the epoch.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded(.down)) }
}
