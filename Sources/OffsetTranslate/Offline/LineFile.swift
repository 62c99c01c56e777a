internal import Foundation

/// A text file read line by line, in memory that does not grow with it.
struct LineFile {
    /// "-" is the standard input.
    let path: String
    private static var chunk: Int { 1 << 20 }

    private var name: String { path == "-" ? "(standard input)" : path }

    /// Lends every line that is not blank, without its line break.
    ///
    /// - Throws: ``FileLineError``, where a line is to blame with its number.
    func forEachLine(_ body: (UnsafeRawBufferPointer) throws(LineProblem) -> Void) throws(FileLineError) {
        let file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable() }
        defer { if path != "-" { close(file) } }
        // Owned here.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * Self.chunk, alignment: 1)
        defer { buffer.deallocate() }
        var held = 0, line = 0
        while true {
            let count = read(file, buffer.baseAddress?.advanced(by: held), Self.chunk)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable() }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<(held + count)])
            held = try lines(bytes, isLast: count == 0, from: &line, body)
            guard count > 0 else { return }
            guard held <= Self.chunk else {
                throw FileLineError(file: name, line: line + 1, problem: "the line is longer than 1 MiB; no line of such a file is")
            }
            // The rest of a line, to the front.
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[(bytes.count - held)...]))
        }
    }

    /// - Returns: how many bytes are left of a line that has not ended yet.
    private func lines(
        _ bytes: UnsafeRawBufferPointer, isLast: Bool, from line: inout Int,
        _ body: (UnsafeRawBufferPointer) throws(LineProblem) -> Void
    ) throws(FileLineError) -> Int {
        var rest = bytes
        while !rest.isEmpty {
            let found = rest.baseAddress.flatMap { start in memchr(start, 0x0A, rest.count).map { UnsafeRawPointer($0) - start } }
            guard found != nil || isLast else { return rest.count }
            let end = found ?? rest.count
            var text = UnsafeRawBufferPointer(rebasing: rest[..<end])
            rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
            line += 1
            if line == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = UnsafeRawBufferPointer(rebasing: text[3...]) }
            text = text.trimmed
            guard !text.isEmpty else { continue }
            do throws(LineProblem) {
                try body(text)
            } catch {
                throw FileLineError(file: name, line: line, error, text)
            }
        }
        return 0
    }

    private func unreadable() -> FileLineError {
        FileLineError(file: name, problem: "the file can't be read: \(String(cString: strerror(errno)))")
    }
}

extension UnsafeRawBufferPointer {
    /// Without blanks, and the CR of a Windows line, at either end.
    fileprivate var trimmed: UnsafeRawBufferPointer {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(rebasing: self[first...last])
    }
}
