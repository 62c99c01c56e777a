/// Something wrong in a runbook's file.
public struct RunbookProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Counted from 1, as is the column.
    public var line: Int
    public var column: Int
    public var message: String

    public var description: String { "\(line):\(column): \(message)" }
}

/// A file that is no runbook, and all that is wrong with it.
public struct RunbookUnreadable: Error, Sendable, CustomStringConvertible {
    public var file: String
    /// In the order of the file.
    public var problems: [RunbookProblem]

    /// `FILE:LINE:COLUMN: what`, a line each.
    public var description: String { problems.map { "\(file):\($0)" }.joined(separator: "\n") }
}
