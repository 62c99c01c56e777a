internal import CCrypto
package import Foundation
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
    ///
    /// - Parameter member: One more, as JSON.
    mutating func encode(_ entry: some JournalLine, with member: (name: String, json: Data)? = nil) throws -> Data {
        var entry = entry
        entry.line = count + 1
        entry.previous = previous
        var line = try Self.encoder.encode(entry)
        if let member {
            // Before the closing brace: an entry has other members always.
            line = line.dropLast() + Data(#","\#(member.name)":"#.utf8) + member.json + [0x7D]
        }
        advance(line)
        return line
    }

    /// Takes a line that exists.
    ///
    /// - Throws: ``JournalDamage``.
    mutating func decode<Line: JournalLine>(_ line: Data, as type: Line.Type = Line.self) throws(JournalDamage) -> Line {
        let entry: Line
        do {
            entry = try JSONDecoder().decode(Line.self, from: line)
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

extension JournalChain {
    /// Takes the lines of a journal's file, in order.
    ///
    /// - Returns: Where the last whole line ends, in bytes: what follows, a crash cut short.
    /// - Throws: ``JournalDamage`` at the first line that does not follow from those before, or where there is none.
    mutating func decode<Line: JournalLine>(all data: Data, _ take: (Line) throws(JournalDamage) -> Void) throws(JournalDamage) -> Int {
        var rest = data[...]
        while let lineBreak = rest.firstIndex(of: 0x0A) {
            try take(try decode(Data(rest[..<lineBreak])))
            rest = rest[rest.index(after: lineBreak)...]
        }
        guard count > 0 else { throw JournalDamage(line: 1, problem: "is missing: there is no journal here") }
        return data.count - rest.count
    }
}

/// What a journal is made of: JSON objects that know their place.
package protocol JournalLine: Codable, Sendable {
    /// Counted from 1.
    var line: Int { get set }
    /// SHA-256 of the line before, without its line break, in hexadecimal; empty in the first.
    var previous: String { get set }
    /// ISO 8601, UTC.
    var time: String { get set }
}

/// In hexadecimal.
package func sha256(_ data: Data) -> String {
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

    package init(line: Int, problem: String) {
        self.line = line
        self.problem = problem
    }

    public var description: String { "line \(line) \(problem)" }
}
