import Foundation
import Inspection
import KafkaClient

extension MachineFacts {
    /// Looks at this machine, as the commands would find it; makes nothing.
    static func look(journals: URL, runbooks: RunbookPlaces) -> MachineFacts {
        let environment = ProcessInfo.processInfo.environment, books = runbooks.all
        // POSIX: the first of these that is set, and not empty.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
        return MachineFacts(
            libraryVersion: ClientLibrary.version, libraryFeatures: Build().features, openFiles: openFiles,
            journal: FolderFacts(of: journals) { $0.hasSuffix(".journal.jsonl") },
            temporary: FolderFacts(of: FileManager.default.temporaryDirectory), now: Date.now.milliseconds,
            isTerminal: isatty(STDOUT_FILENO) == 1, locale: locale,
            runbookFolder: books.first?.file.deletingLastPathComponent().path, runbookCount: books.count)
    }

    private static var openFiles: (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        #if canImport(Glibc)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
        getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }
}
