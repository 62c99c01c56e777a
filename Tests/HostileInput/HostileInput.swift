internal import Cutover
public import Foundation

/// Something that a command reads and others have written: a record, a file, a request. In one place for the fuzzer (`make fuzz`) and for
/// the tests, which hold the same promises against fewer inputs.
public struct HostileInput: Sendable, CustomStringConvertible {
    public let name: String
    /// What the format is made of.
    public let words: [String]
    private let makeSeeds: @Sendable () throws -> [Data]
    private let body: @Sendable (Data) throws -> Bool

    /// - Parameters:
    ///   - seeds: Good ones first, then those that once broke something.
    ///   - read: Reads it as the command does, and throws ``BrokenPromise``; returns whether it was taken for what it should be.
    init(
        _ name: String, words: [String], seeds: @escaping @Sendable () throws -> [Data], read: @escaping @Sendable (Data) throws -> Bool
    ) {
        self.name = name
        self.words = words
        makeSeeds = seeds
        body = read
    }

    public var description: String { name }

    public func seeds() throws -> [Data] { try makeSeeds() }

    /// - Returns: Whether it was accepted.
    /// - Throws: ``BrokenPromise``.
    @discardableResult
    public func read(_ data: Data) throws -> Bool { try body(data) }

    public static let all: [HostileInput] = [
        offsetSyncs, checkpoints, heartbeats, snapshot, properties, configuration, connectors, syncFile, positionFiles, plan, journal, reverseStarts,
        runbook, expression, runbookValues, runbookJournal, request,
    ]
}

/// What a reader promises whatever it is given, and did not keep.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

func require(_ holds: Bool, _ promise: @autoclosure () -> String) throws {
    if !holds { throw BrokenPromise(promise()) }
}

/// What is read, or `nil` where it is refused: by an error of the type that the reader declares, fit to be shown.
func attempt<Failure: Error, Value>(_ declared: Failure.Type, _ read: () throws -> Value) throws -> Value? {
    do { return try read() } catch let refusal as Failure {
        try requireShowable("\(refusal)")
        return nil
    } catch let broken as BrokenPromise {
        throw broken
    } catch {
        throw BrokenPromise("throws \(type(of: error)) where \(Failure.self) was declared: \(error)")
    }
}

/// A message for people: not empty, no longer than they read (a file with fifty mistakes has fifty lines of it), nothing in it that moves the
/// cursor.
func requireShowable(_ message: String) throws {
    try require(!message.isEmpty, "an empty message")
    try require(message.utf8.count <= 12_000 * (1 + message.utf8.count { $0 == 0x0A }), "a message of \(message.utf8.count) bytes: \(message.prefix(300))...")
    let isHarmful = message.replacing("\r\n", with: "").unicodeScalars.contains { !"\n\t".unicodeScalars.contains($0) && $0.properties.generalCategory == .control }
    try require(!isHarmful, "control characters in a message: \(message.debugDescription)")
}

/// Lends bytes as a file that nobody else can see.
func withFile<Result>(_ data: Data, _ body: (_ path: String) throws -> Result) throws -> Result {
    let file = try FileHandle.unnamed(data)
    return try withExtendedLifetime(file) { try body("/proc/self/fd/\(file.fileDescriptor)") }
}
