/// Aligned columns for people: names to the left, numbers to the right.
struct Table {
    enum Alignment { case left, right }

    private let header: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ header: [(String, Alignment)]) { self.header = header.map { (title: $0.0, alignment: $0.1) } }

    mutating func add(_ row: [String]) { rows.append(row) }

    var text: String {
        let widths = header.indices.map { column in
            (rows.map { $0[column].count } + [header[column].title.count]).max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return header[column].alignment == .left ? cells[column] + padding : padding + cells[column]
            }.joined(separator: "  ").trimmingSuffix()
        }
        return ([line(header.map(\.title))] + rows.map(line)).joined(separator: "\n")
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

extension BinaryInteger {
    /// With separators, for people: 41,147.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}

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
