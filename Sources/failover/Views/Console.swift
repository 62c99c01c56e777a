import Cutover
import Foundation
import OffsetTranslate

/// The two ways out: data on stdout, everything said to people on stderr.
enum Console {
    static func data(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
    static func error(_ text: String) { say("failover: \(text)") }
    static func warn(_ text: String) { say("warning: \(text)") }

    /// One line that is written over, for people at a terminal only.
    static func progress(_ progress: ReadingProgress) {
        guard isatty(STDERR_FILENO) == 1, progress.range.end - progress.range.start > 100_000 else { return }
        let line = "reading '\(progress.topic)' on '\(progress.cluster)': \(Int(progress.fraction * 100)) %"
        FileHandle.standardError.write(Data("\r\u{1B}[K\(line)\r".utf8))
    }

    static var canPrompt: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Colour only where a person looks, and never against NO_COLOR (no-color.org).
    static func styled(_ text: String, _ style: Style) -> String {
        guard isatty(STDOUT_FILENO) == 1, ProcessInfo.processInfo.environment["NO_COLOR"] == nil,
            ProcessInfo.processInfo.environment["TERM"] != "dumb"
        else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    enum Style: Int {
        case red = 31
        case green = 32
    }

    /// Pretty, sorted, raw numbers: for programs.
    static func json(_ value: some Encodable) throws {
        data(String(decoding: try JSONEncoder.sorted(.prettyPrinted).encode(value), as: UTF8.self))
    }

    /// One object a line.
    static func jsonLine(_ value: some Encodable) throws { try jsonLines([value]) }

    /// One object a line, written in large pieces.
    static func jsonLines(_ values: some Sequence<some Encodable>) throws {
        let encoder = JSONEncoder.sorted()
        var piece = Data()
        for value in values {
            piece += try encoder.encode(value) + [0x0A]
            if piece.count > 1 << 16 {
                FileHandle.standardOutput.write(piece)
                piece = Data()
            }
        }
        FileHandle.standardOutput.write(piece)
    }
}
