import Foundation
import Synchronization

// What Scripts/sanitize asks the thread sanitizer first: nothing is to be said of what a Mutex guards; with `bare`, what nothing guards is found.
final class Counts: @unchecked Sendable {
    let guarded = Mutex<[Int]>([])
    var bare = 0
}

let counts = Counts(), isBare = CommandLine.arguments.contains("bare"), ended = DispatchSemaphore(value: 0)
for _ in 0..<4 {
    Thread {
        for number in 0..<20_000 {
            counts.guarded.withLock { $0.append(number) }
            _ = counts.guarded.withLockIfAvailable { $0.popLast() }
            if isBare { counts.bare += 1 }
        }
        ended.signal()
    }.start()
}
for _ in 0..<4 { ended.wait() }
