/// The replacement text of a regular expression, in Java's notation (`Matcher.appendReplacement`).
enum TopicReplacement {
    enum Part: Hashable, Sendable {
        case text(String)
        case group(Int)

        var isGroup: Bool {
            if case .group = self { true } else { false }
        }
    }

    /// - Parameter groups: How many the pattern has, besides group 0.
    /// - Throws: ``ReplicationPolicyError/invalidReplacement(_:reason:)``.
    static func parse(_ replacement: String, groups: Int) throws(ReplicationPolicyError) -> [Part] {
        var parts: [Part] = []
        var text = ""
        var rest = replacement[...]
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let escaped = rest.popFirst() else {
                    throw .invalidReplacement(replacement, reason: "it ends in a backslash")
                }
                text.append(escaped)
            case "$":
                guard var number = rest.first.flatMap(digit) else {
                    throw .invalidReplacement(
                        replacement, reason: "after $ comes the number of a group; a dollar sign itself is \\$")
                }
                rest.removeFirst()
                guard number <= groups else {
                    throw .invalidReplacement(replacement, reason: "its pattern has \(groups) groups, not \(number)")
                }
                // As many digits as make a group that there is: with one group, $10 is $1 and a zero.
                while let next = rest.first.flatMap(digit), number * 10 + next <= groups {
                    number = number * 10 + next
                    rest.removeFirst()
                }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.group(number))
            default: text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        return parts
    }

    private static func digit(_ character: Character) -> Int? {
        character.isASCII ? character.wholeNumberValue : nil
    }
}
