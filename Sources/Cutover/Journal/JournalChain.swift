internal import CCrypto
internal import Foundation
internal import OffsetTranslate

/// Links a journal's lines: each holds its number and the hash of the one before, so that none can be changed, left out or
/// put in without breaking all that follow.
///
/// It protects against accidents and quiet corrections, not against somebody who writes a whole new chain: for that the lines
/// have to be kept elsewhere too (``JournalTopic``). Lines cut off at the end show only by the missing `end`.
struct JournalChain: Sendable, Hashable {
    /// Lines so far.
    private(set) var count = 0
    private var previous = ""

    /// The next line, without its line break.
    mutating func encode(_ encoded: JournalEntry.Encoded) throws -> Data {
        var entry = encoded.entry
        entry.line = count + 1
        entry.previous = previous
        var line = try Self.encoder.encode(entry)
        if let offsets = encoded.offsets {
            // Before the closing brace: an entry has other fields always.
            line = line.dropLast() + Data(#","offsets":"#.utf8) + offsets + [0x7D]
        }
        advance(line)
        return line
    }

    /// Takes a line that exists.
    ///
    /// - Throws: ``JournalDamage``.
    mutating func decode(_ line: Data) throws(JournalDamage) -> JournalEntry {
        let entry: JournalEntry
        do {
            entry = try JSONDecoder().decode(JournalEntry.self, from: line)
        } catch {
            throw JournalDamage(line: count + 1, problem: "is not a line of a journal")
        }
        guard entry.line == count + 1 else {
            throw JournalDamage(line: count + 1, problem: "says that it is line \(entry.line): lines are missing, doubled or in another order")
        }
        guard entry.previous == previous else {
            throw JournalDamage(line: count + 1, problem: "does not follow from the line before, which was changed after it was written")
        }
        advance(line)
        return entry
    }

    private mutating func advance(_ line: Data) {
        count += 1
        previous = sha256(line)
    }

    private static let encoder = JSONEncoder.sorted()
}

/// In hexadecimal.
func sha256(_ data: Data) -> String {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    data.withUnsafeBytes { bytes in _ = SHA256(bytes.baseAddress, bytes.count, &digest) }
    return digest.map { byte in
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }.joined()
}

/// A journal's chain is broken.
public struct JournalDamage: Error, CustomStringConvertible, Hashable {
    /// Counted from 1.
    public var line: Int
    public var problem: String

    public var description: String { "line \(line) \(problem)" }
}
