public import Foundation

/// Where tests put files: a folder of this process, which goes with it.
public let scratch: URL = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("failover-tests-\(getpid())")
    // A process that was killed before may have had this number.
    try? FileManager.default.removeItem(at: folder)
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(at: scratch) }
    return folder
}()
