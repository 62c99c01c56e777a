internal import OffsetTranslate

/// Something wrong in a runbook's file.
public struct RunbookProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Counted from 1, as is the column.
    public var line: Int
    public var column: Int
    public var message: String

    public var description: String { "\(line):\(column): \(Value.message(message))" }
}

/// A file that is no runbook, and all that is wrong with it.
public struct RunbookUnreadable: Error, Sendable, CustomStringConvertible {
    public var file: String
    /// In the order of the file.
    public var problems: [RunbookProblem]

    /// `FILE:LINE:COLUMN: what`, a line each; of very many, the first.
    public var description: String {
        let shown = problems.prefix(50), more = problems.count - shown.count
        // A journal keeps its runbook's path, and that may be anything.
        let file = Value.message(file.singleLine)
        return (shown.map { "\(file):\($0)" } + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "\n")
    }
}
