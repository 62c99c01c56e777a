internal import Foundation
internal import KafkaClient

/// The file under a journal. Owns its descriptor; holds the file against a second process until it is let go.
actor JournalFile: JournalSink {
    private let executor = BlockingExecutor(label: "journal")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let descriptor: Descriptor

    private nonisolated let path: String

    /// Opens a file, or creates one that its owner only can read.
    ///
    /// Waits a moment for one that is held: who asks whether it is live (``isLive(path:)``) holds it for an instant, and a run that
    /// has just ended in this process may not have let go yet.
    init(path: String, patience: Duration = .seconds(1)) async throws(JournalError) {
        self.path = path
        let number = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw JournalError(path: path, reason: SystemCallError.last.description) }
        descriptor = Descriptor(number)
        let deadline = ContinuousClock.now + patience
        // A device can't be locked, nor needs to be.
        while flock(number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
            guard ContinuousClock.now < deadline, !Task.isCancelled else {
                throw JournalError(path: path, reason: "another process is writing it, so that run is live")
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Another process has it open, so whatever it is of is under way.
    static func isLive(path: String) -> Bool {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return false }
        let descriptor = Descriptor(number)
        return flock(descriptor.number, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    func requireEmpty() throws {
        guard lseek(descriptor.number, 0, SEEK_END) <= 0 else { throw JournalError(path: path, reason: "it is not empty, and each run has its own") }
    }

    func contents() throws -> Data {
        do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw JournalError(path: path, reason: error.localizedDescription)
        }
    }

    /// Drops what a crash left after the last whole line.
    func cut(to end: Int) throws {
        guard lseek(descriptor.number, 0, SEEK_END) > end else { return }
        guard ftruncate(descriptor.number, off_t(end)) == 0 else { throw JournalError(path: path, reason: SystemCallError.last.description) }
    }

    func write(_ lines: [Data]) throws {
        var rest = lines.reduce(into: Data()) { $0 += $1 }[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor.number, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { throw SystemCallError.last }
            rest = rest.dropFirst(max(0, written))
        }
        // EINVAL: a terminal or a pipe, which has no disk.
        guard fsync(descriptor.number) == 0 || errno == EINVAL else { throw SystemCallError.last }
    }
}

/// Sole owner of an open file's number.
private final class Descriptor: Sendable {
    let number: Int32
    init(_ number: Int32) { self.number = number }
    deinit {
        // A child process between fork and exec has the same open file, and would hold its lock a little longer.
        flock(number, LOCK_UN)
        close(number)
    }
}

/// What the operating system said.
struct SystemCallError: Error, CustomStringConvertible {
    var number: Int32
    static var last: Self { Self(number: errno) }
    var description: String { String(cString: strerror(number)) }
}
