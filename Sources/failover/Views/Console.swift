import Cutover
import Foundation
import OffsetTranslate

/// The two ways out: data on stdout, everything said to people on stderr.
enum Console {
    /// Programs get it as it is. A terminal obeys nothing in it but our own styles.
    static func data(_ text: String) { write(Data((forStdout(text) + "\n").utf8)) }

    /// Half an output must not look like a whole one, so nothing goes on where it can't be written (a full disk).
    private static func write(_ data: Data) {
        do {
            try FileHandle.standardOutput.write(contentsOf: data)
        } catch {
            say("failover: the output can't be written: \(error.localizedDescription)")
            end(ExitStatus.error.rawValue)
        }
    }

    private static func forStdout(_ text: String) -> String { isatty(STDOUT_FILENO) == 1 ? text.withoutForeignControls : text }
    static func say(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data((text.withoutForeignControls + "\n").utf8)) }
    static func error(_ text: String) { say("failover: \(text)") }
    static func warn(_ text: String) { say((Terminal.isColoured(STDERR_FILENO) ? Style.yellow.around("warning:") : "warning:") + " \(text)") }

    /// One line that is written over, for people at a terminal only.
    static func progress(_ progress: ReadingProgress) {
        guard isatty(STDERR_FILENO) == 1, progress.range.end - progress.range.start > 100_000 else { return }
        overwrite("reading '\(progress.topic.withoutControls)' on '\(progress.cluster)': \(Int(progress.fraction * 100)) %")
    }

    /// The same, of groups that are asked one by one.
    static func groupProgress(_ cluster: String, _ done: Int, _ all: Int) {
        guard isatty(STDERR_FILENO) == 1, all >= 500, done % 100 == 0 || done == all else { return }
        overwrite(done == all ? "" : "asking '\(cluster)' for groups' commits: \(done.grouped) of \(all.grouped)")
    }

    private static func overwrite(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(line)\r".utf8)) }

    static var canPrompt: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// For stdout.
    static func styled(_ text: String, _ style: Style?) -> String { Terminal.isColoured ? style?.around(text) ?? text : text }

    /// Where a person looks, the screen begins anew.
    static func clear() {
        guard isatty(STDOUT_FILENO) == 1 else { return }
        write(Data("\u{1B}[H\u{1B}[2J".utf8))
    }

    enum Style: Int, CaseIterable {
        case red = 31
        case green = 32
        case yellow = 33

        private static let end = "\u{1B}[0m"
        private var start: String { "\u{1B}[\(rawValue)m" }

        func around(_ text: String) -> String { start + text + Self.end }

        /// All that styling puts into text.
        static let sequences = allCases.map(\.start) + [end]
    }

    /// Pretty, sorted, raw numbers: for programs.
    static func json(_ value: some Encodable) throws {
        data(String(decoding: try JSONEncoder.sorted(.prettyPrinted).encode(value), as: UTF8.self))
    }

    /// One object a line.
    static func jsonLines(_ values: some Sequence<some Encodable>) throws {
        let encoder = JSONEncoder.sorted()
        try pieces(values) { try encoder.encode($0) }
    }

    /// Lines of text for programs.
    static func lines(_ lines: some Sequence<String>) { pieces(lines) { Data(forStdout($0).utf8) } }

    /// One line for each value, written in large pieces.
    private static func pieces<Value>(_ values: some Sequence<Value>, _ line: (Value) throws -> Data) rethrows {
        var piece = Data()
        for value in values {
            piece += try line(value) + [0x0A]
            if piece.count > 1 << 16 {
                write(piece)
                piece = Data()
            }
        }
        write(piece)
    }
}
