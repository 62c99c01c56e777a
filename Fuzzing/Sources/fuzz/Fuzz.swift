import Foundation
import HostileInput

// libFuzzer has the main; these two are what it calls. FUZZ_INPUT names the input, or is 'list'; where FUZZ_SEEDS names a folder, what to
// begin with is written there, and FUZZ_SEEDS.dict beside it.

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    let environment = ProcessInfo.processInfo.environment
    if environment["FUZZ_INPUT"] == "list" {
        print(HostileInput.all.map(\.name).joined(separator: "\n"))
        exit(0)
    }
    guard let chosen = HostileInput.all.first(where: { $0.name == environment["FUZZ_INPUT"] }) else {
        fatalError("no such input: FUZZ_INPUT=\(environment["FUZZ_INPUT"] ?? "")")
    }
    if let folder = environment["FUZZ_SEEDS"] {
        do { try writeSeeds(of: chosen, to: folder) } catch { fatalError("\(error)") }
        exit(0)
    }
    input = chosen
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do { try input?.read(bytes.map { Data(bytes: $0, count: count) } ?? Data()) } catch { fatalError("a promise is broken: \(error)") }
    return 0
}

/// libFuzzer has one thread.
nonisolated(unsafe) private var input: HostileInput?

private func writeSeeds(of input: HostileInput, to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (number, seed) in try input.seeds().enumerated() { try seed.write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)")) }
    let words = input.words.filter { !$0.isEmpty }.map(entry).joined(separator: "\n") + "\n"
    try Data(words.utf8).write(to: URL(fileURLWithPath: folder + ".dict"))
}

/// Escaped, as libFuzzer's dictionaries have it.
private func entry(_ word: String) -> String {
    "\"" + word.utf8.map { byte in
        let digits = String(byte, radix: 16)
        return "\\x" + (byte < 16 ? "0" : "") + digits
    }.joined() + "\""
}
