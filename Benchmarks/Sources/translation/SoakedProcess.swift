import Foundation

/// A `failover` that runs all the while, and what it holds of memory and descriptors.
final class SoakedProcess {
    /// Of a running process.
    struct Sample {
        var seconds: Double
        /// Bytes.
        var resident: Int
        var descriptors: Int
    }

    let name: String
    private let process = Process()
    private let errors = Pipe()
    private(set) var samples: [Sample] = []

    /// - Parameter failover: The command.
    init(_ failover: String, _ arguments: [String]) throws {
        name = arguments[0]
        process.executableURL = URL(fileURLWithPath: failover)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
    }

    /// What it says first: of `serve`, where it listens.
    func firstWords() -> String { String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self) }

    /// What it says from now on is read, and thrown away.
    func passOver() {
        errors.fileHandleForReading.readabilityHandler = { if $0.availableData.isEmpty { $0.readabilityHandler = nil } }
    }

    func sample(after seconds: Double) throws {
        guard process.isRunning else { throw Failure(description: "\(name) has ended, with status \(process.terminationStatus)") }
        let place = "/proc/\(process.processIdentifier)"
        let pages = try String(contentsOfFile: place + "/statm", encoding: .utf8).split(separator: " ")
        samples.append(Sample(
            seconds: seconds, resident: (pages.count > 1 ? Int(pages[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE))),
            descriptors: try FileManager.default.contentsOfDirectory(atPath: place + "/fd").count))
    }

    var latest: String {
        guard let last = samples.last else { return "" }
        return "\(name) \(last.resident / 1_000_000) MB, \(last.descriptors) descriptors"
    }

    func terminate() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Nothing outlives a soak that fails.
    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Whether it grows: the last quarter is held against the second, in which caches and pools are filled.
    func report(to report: inout Report) throws {
        guard samples.count >= 8, let first = samples.first, let last = samples.last else { throw Failure(description: "too little was measured of \(name)") }
        let quarter = samples.count / 4, second = samples[quarter..<(2 * quarter)], end = samples.suffix(quarter)
        func median(_ samples: some Sequence<Sample>, _ value: (Sample) -> Int) -> Double {
            let values = samples.map(value).sorted()
            return Double(values[values.count / 2])
        }
        let before = median(second, \.resident) / 1e6, descriptors = Double(second.map(\.descriptors).max() ?? 0)
        report.add("\(name): resident, after 10 s", Double(first.resident) / 1e6, "MB")
        report.add("\(name): resident, second quarter", before, "MB")
        report.add("\(name): resident, last quarter", median(end, \.resident) / 1e6, "MB", baseline: before, goal: .atMost(before * 1.1 + 2))
        report.add("\(name): resident, at most", Double(samples.map(\.resident).max() ?? 0) / 1e6, "MB")
        report.add("\(name): descriptors at the end", Double(last.descriptors), "")
        report.add("\(name): descriptors, at most in the last quarter", Double(end.map(\.descriptors).max() ?? 0), "", baseline: descriptors, goal: .atMost(descriptors + 4))
    }
}
