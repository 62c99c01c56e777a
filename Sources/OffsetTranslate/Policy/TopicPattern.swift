internal import Foundation

/// A regular expression and what a name that it matches as a whole becomes.
///
/// Foundation's expressions, not the standard library's: their syntax is nearly Java's, in which such patterns are written
/// elsewhere, and they may be shared between threads.
struct TopicPattern: Sendable {
    private let expression: NSRegularExpression
    private let replacement: [TopicReplacement.Part]

    /// - Throws: ``ReplicationPolicyError``: invalidPattern, invalidReplacement or constantReplacement.
    init(_ pattern: String, replacement: String) throws(ReplicationPolicyError) {
        // By itself first: the group around it must not complete a pattern such as `a)(b`.
        guard let alone = try? NSRegularExpression(pattern: pattern),
            let whole = try? NSRegularExpression(pattern: #"\A(?:"# + pattern + #")\z"#)
        else { throw .invalidPattern(pattern) }
        expression = whole
        self.replacement = try TopicReplacement.parse(replacement, groups: alone.numberOfCaptureGroups)
        guard self.replacement.contains(where: \.isGroup) || !Self.matchesMany(pattern) else {
            throw .constantReplacement(pattern: pattern, replacement: replacement)
        }
    }

    /// The name's replacement, or the name itself if the pattern doesn't match all of it.
    func apply(to topic: String) -> String {
        let all = NSRange(topic.startIndex..., in: topic)
        guard let match = expression.firstMatch(in: topic, range: all) else { return topic }
        return replacement.map { part in
            switch part {
            case .text(let text): text
            // A group that took no part in the match stands for nothing.
            case .group(let number): Range(match.range(at: number), in: topic).map { String(topic[$0]) } ?? ""
            }
        }.joined()
    }

    /// Whether it has one of the characters by which a pattern can match more than one name. The dot is let through, as it
    /// is so often just part of a name; the round trip finds those where it isn't.
    private static func matchesMany(_ pattern: String) -> Bool {
        pattern.contains { "*+?[{(|".contains($0) }
    }
}
