internal import Foundation

/// The file under a journal. Owns its descriptor.
final class JournalFile: Sendable {
    private let descriptor: Int32
    /// The last line lacks its end: a full disk cut it short.
    let isCutShort: Bool

    init(path: String) throws(SystemCallError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemCallError(number: errno) }
        var last: UInt8 = 0x0A
        let end = lseek(descriptor, 0, SEEK_END)
        isCutShort = end > 0 && pread(descriptor, &last, 1, end - 1) == 1 && last != 0x0A
    }

    /// Returns once the bytes are on disk.
    func append(_ bytes: Data) throws(SystemCallError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { throw SystemCallError(number: errno) }
            rest = rest.dropFirst(max(0, written))
        }
        // EINVAL: a terminal or a pipe, which has no disk.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw SystemCallError(number: errno) }
    }

    deinit { close(descriptor) }
}

/// What the operating system said.
struct SystemCallError: Error, CustomStringConvertible {
    var number: Int32
    var description: String { String(cString: strerror(number)) }
}
