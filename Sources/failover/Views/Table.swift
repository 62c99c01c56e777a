/// Aligned columns for people: names to the left, numbers to the right.
///
/// Widths are counted in characters: those of East Asian scripts, which take two columns of a terminal, are not accounted for.
struct Table {
    enum Alignment {
        case left, right
        /// To the left, and never shortened.
        case whole
    }

    private let header: [(title: String, alignment: Alignment)]
    private var rows: [[Cell]] = []
    private var widths: [Int]
    private var hasHeader = true

    private struct Cell {
        var text: String
        var style: Console.Style?
    }

    /// Names are not shortened to less than this.
    private static let least = 8
    private static let gap = "  "

    init(_ header: [(String, Alignment)]) {
        self.header = header.map { (title: $0.0, alignment: $0.1) }
        widths = self.header.map(\.title.count)
    }

    /// - Parameter styles: How the cells of these columns look where there is colour.
    mutating func add(_ row: [String], styles: [Int: Console.Style] = [:]) {
        let cells = row.enumerated().map { Cell(text: $1.withoutControls, style: styles[$0]) }
        for (column, cell) in cells.enumerated() { widths[column] = max(widths[column], cell.text.count) }
        rows.append(cells)
    }

    /// An empty table that goes on below this one, without a header.
    var continued: Table {
        var next = self
        next.rows = []
        next.hasHeader = false
        return next
    }

    /// Fits the terminal, where stdout is one.
    var text: String { text(width: Terminal.width, isColoured: Terminal.isColoured) }

    /// Whole, however wide that is.
    var wide: String { text(width: nil, isColoured: Terminal.isColoured) }

    /// - Parameter width: What a line may take. Where it takes more, names are shortened in their middle, the widest column first; numbers
    ///   and titles never.
    func text(width: Int?, isColoured: Bool = false) -> String {
        let widths = width.map(fitted) ?? self.widths
        func line(_ cells: [Cell]) -> String {
            var line = "", pending = 0
            for (column, cell) in cells.enumerated() {
                let text = cell.text.shortened(to: widths[column]), padding = widths[column] - text.count
                let isLeft = header[column].alignment != .right
                if !isLeft { pending += padding }
                // Blanks that nothing follows are left out.
                if !text.isEmpty {
                    line += String(repeating: " ", count: pending) + (isColoured ? cell.style?.around(text) ?? text : text)
                    pending = 0
                }
                pending += (isLeft ? padding : 0) + Self.gap.count
            }
            return line
        }
        let titles = hasHeader ? [header.map { Cell(text: $0.title) }] : []
        return (titles + rows).map(line).joined(separator: "\n")
    }

    private func fitted(_ width: Int) -> [Int] {
        var widths = widths
        var excess = widths.reduce(0, +) + Self.gap.count * (widths.count - 1) - width
        while excess > 0 {
            let shrinkable = widths.indices.filter { header[$0].alignment == .left && widths[$0] > max(Self.least, header[$0].title.count) }
            guard let widest = shrinkable.max(by: { (widths[$0], $1) < (widths[$1], $0) }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
