import ArgumentParser
import Foundation

/// A screen that is kept up to date.
struct WatchOptions: ParsableArguments {
    @Flag(help: "Look again and again, until interrupted: a live screen on a terminal, one output after the other elsewhere.") var watch = false
    @Option(help: ArgumentHelp("Seconds between two looks of --watch.", valueName: "seconds")) var interval = 5

    func validate() throws {
        guard (1...86_400).contains(interval) else { throw ValidationError("--interval takes 1 to 86400 seconds.") }
    }

    /// Does it once, or again and again. While it is watched, a look that fails is said and the next one tried.
    func run(_ look: @escaping @Sendable () async throws -> Void) async throws {
        guard watch else { return try await look() }
        let watching = Task { [interval] in
            while !Task.isCancelled {
                Console.clear()
                do { try await look() } catch let error where !(error is CancellationError) { Console.error("\(error)") }
                try await Task.sleep(for: .seconds(interval))
            }
        }
        let signals = onTermination { watching.cancel() }
        defer { signals.forEach { $0.cancel() } }
        do { try await watching.value } catch is CancellationError {}
    }
}
