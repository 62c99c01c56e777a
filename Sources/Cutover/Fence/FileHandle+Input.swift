package import Foundation

extension FileHandle {
    /// What a child process reads as its stdin. A pipe would kill this process if the child ends without reading
    /// (SIGPIPE); this is a file without a name, in memory where there is such a place, that nobody else can open.
    package static func input(_ data: Data) throws -> FileHandle {
        let folder = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let path = folder + "/failover-\(UUID().uuidString)"
        let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemCallError.last }
        unlink(path)
        let handle = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        try handle.write(contentsOf: data)
        try handle.seek(toOffset: 0)
        return handle
    }
}
