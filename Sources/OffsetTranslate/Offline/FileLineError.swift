/// A file that can't be used, and the line that is to blame. Nothing is answered from a history that was read by half.
public struct FileLineError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// From 1; `nil` where it is the file as a whole.
    public var line: Int?
    public var problem: String
    /// How the line begins, at most 120 characters of it.
    public var excerpt: String

    public init(file: String, line: Int? = nil, problem: String, excerpt: String = "") {
        self.file = file
        self.line = line
        self.problem = problem
        self.excerpt = excerpt
    }

    init(file: String, line: Int, _ problem: LineProblem, _ bytes: UnsafeRawBufferPointer) {
        let begin = String(decoding: bytes.prefix(500), as: UTF8.self)
        let isCut = begin.count > 120 || bytes.count > 500
        self.init(
            file: file, line: line, problem: problem.text, excerpt: begin.prefix(120).description.singleLine + (isCut ? "..." : ""))
    }

    /// `file:line: problem`, and below it how the line begins.
    public var description: String {
        let place = file.singleLine + (line.map { ":\($0)" } ?? "")
        return "\(place): \(problem)" + (excerpt.isEmpty ? "" : "\n  \(excerpt)")
    }
}

/// What is wrong with a line.
struct LineProblem: Error {
    var text: String

    init(_ text: String) { self.text = text }
}
