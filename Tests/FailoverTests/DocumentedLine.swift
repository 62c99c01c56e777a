/// A command line in a page: in a block, or as code in a sentence.
struct DocumentedLine {
    var text: String
    /// What a shell would hand on, without the command itself.
    var words: [String]
    var isInSentence: Bool

    static func all(in page: String) -> [Self] {
        let joined = page.replacing(/\\\n\s*/, with: " ")
        let blocks = joined.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^\s*(?:\$ )?failover (.*)$/).map { Self(String($0.1), isInSentence: false) }
        }
        let sentences = joined.matches(of: /`failover ([a-z][^`\n]*)`/).map { Self(String($0.1), isInSentence: true) }
        return blocks.filter(\.isCommand) + sentences
    }

    private init(_ text: String, isInSentence: Bool) {
        self.text = "failover " + text
        self.isInSentence = isInSentence
        words = Self.words(text)
    }

    /// Prose may begin a line with the command's name.
    private var isCommand: Bool { words.first?.wholeMatch(of: /[a-z-]+/) != nil && !text.hasSuffix(".") && !text.contains("failover does") }

    /// Quotes as a shell has them; comments, redirections and the brackets of what may be left out are dropped, of `a|b` the first counts.
    private static func words(_ text: String) -> [String] {
        var words: [String] = [], word = "", quote: Character?, isWord = false
        func end() { if isWord { words.append(word) }; (word, isWord) = ("", false) }
        scan: for character in text {
            switch character {
            case let c where c == quote: quote = nil
            case let c where quote != nil: word.append(c)
            case "'", "\"": (quote, isWord) = (character, true)
            case " ": end()
            case "#" where !isWord, ">", ";", "&": break scan
            case "[", "]": continue
            default:
                word.append(character)
                isWord = true
            }
        }
        end()
        return words.map { $0.hasPrefix("${") || $0.contains("=") ? $0 : String($0.prefix { $0 != "|" }) }.filter { $0 != "..." && !$0.isEmpty }
    }
}
