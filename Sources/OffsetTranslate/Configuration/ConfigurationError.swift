public import Foundation

/// A configuration that cannot be used: what is wrong, where, and what to do about it.
///
/// No text of this type holds a secret: neither the value of a secret property nor anything a config provider gave.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// A file cannot be read.
        case unreadable
        /// A text breaks the rules of its format.
        case malformed
        /// A setting without which nothing can be done is absent.
        case missing
        /// A value is not acceptable.
        case invalid
        /// Two settings contradict each other.
        case conflict
        /// The setting is good for the Java client, and there is nothing like it here.
        case unsupported
        /// A `${provider:path:key}` names something that is not there.
        case unresolved
        /// The configuration has other flows than the one asked for, or several and none was asked for.
        case flow
    }

    public var kind: Kind
    public var location: ConfigurationLocation?
    /// The setting as it is written in the file.
    public var key: String?
    public var problem: String
    /// What to do; may be empty where ``problem`` says it all.
    public var remedy: String

    public init(
        _ kind: Kind, at location: ConfigurationLocation? = nil, key: String? = nil,
        _ problem: String, remedy: String = ""
    ) {
        self.kind = kind
        self.location = location
        self.key = key
        self.problem = problem
        self.remedy = remedy
    }

    /// `file:line: key: problem. remedy`
    public var description: String {
        let place = [location?.description, key].compactMap { $0 }.map { $0.singleLine + ": " }.joined()
        return place + problem.singleLine + (remedy.isEmpty ? "" : ". \(remedy.singleLine)")
    }
}

extension ConfigurationError: LocalizedError {
    public var errorDescription: String? { description }
}

extension String {
    /// Keys and paths are printed as they were written, and those may hold anything: keep a message on one line, and of a length to be read.
    package var singleLine: String {
        let kept = unicodeScalars.prefix(600)
        let plain = kept.map { $0.properties.generalCategory == .control || $0.properties.generalCategory == .lineSeparator ? "\u{FFFD}" : $0 }
        return String(String.UnicodeScalarView(plain)) + (kept.endIndex == unicodeScalars.endIndex ? "" : "...")
    }
}
