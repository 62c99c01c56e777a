/// The one login module of a `sasl.jaas.config`: `<class> <flag> (<option>=<value>)*;`, as Kafka's `JaasConfig` reads it.
///
/// More lenient than Java in one thing: a value without quotes may be a number or a path.
struct JaasEntry: CustomStringConvertible, CustomReflectable {
    var module: String
    var options: [String: String]

    /// The class without its package.
    var moduleName: String { module.split(separator: ".").last.map(String.init) ?? module }

    var description: String { module }
    var customMirror: Mirror { Mirror(self, children: ["module": module]) }

    /// What is wrong with a text. Holds none of it, since any of it may be the password.
    struct Malformed: Error {
        var text: String
    }

    init(parsing text: String) throws(Malformed) {
        var tokens = try Self.tokens(of: text)[...]
        guard case .text(let module)? = tokens.popFirst() else { throw Malformed(text: "it names no login module") }
        guard case .text(let flag)? = tokens.popFirst(),
            ["required", "requisite", "sufficient", "optional"].contains(flag.lowercased())
        else { throw Malformed(text: "the login module is not followed by “required”") }
        self.module = module
        options = [:]
        while case .text(let name)? = tokens.first {
            tokens.removeFirst()
            guard tokens.popFirst() == .equals, case .text(let value)? = tokens.popFirst() else {
                throw Malformed(text: "an option has no value")
            }
            options[name] = value
        }
        guard tokens.popFirst() == .semicolon else { throw Malformed(text: "it does not end with a semicolon") }
        guard tokens.isEmpty else { throw Malformed(text: "it has more than one login module") }
    }

    private enum Token: Equatable {
        case text(String), equals, semicolon
    }

    private static func tokens(of text: String) throws(Malformed) -> [Token] {
        var tokens: [Token] = []
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.first {
            switch scalar {
            case _ where scalar.properties.isWhitespace: rest.removeFirst()
            case "=", ";":
                tokens.append(scalar == "=" ? .equals : .semicolon)
                rest.removeFirst()
            case "\"", "'": tokens.append(.text(try quoted(from: &rest)))
            case "/" where rest.starts(with: "//".unicodeScalars): rest = rest.drop { $0 != "\n" && $0 != "\r" }
            case "/" where rest.starts(with: "/*".unicodeScalars):
                rest = rest.dropFirst(2)
                while !rest.isEmpty, !rest.starts(with: "*/".unicodeScalars) { rest.removeFirst() }
                rest = rest.dropFirst(2)
            default:
                let word = rest.prefix { !$0.properties.isWhitespace && !"=;\"'".unicodeScalars.contains($0) }
                tokens.append(.text(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }

    /// A quoted text by the rules of Java's `StreamTokenizer`: C escapes, octal ones included, and no line break.
    private static func quoted(from rest: inout Substring.UnicodeScalarView) throws(Malformed) -> String {
        let quote = rest.removeFirst()
        var plain = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case quote: return String(plain)
            case "\n", "\r": throw Malformed(text: "a quoted value has no closing quote on its line")
            case "\\":
                guard let escaped = rest.popFirst() else { break }
                plain.append(unescape(escaped, &rest))
            default: plain.append(scalar)
            }
        }
        throw Malformed(text: "a quoted value has no closing quote")
    }

    private static func unescape(_ escaped: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar {
        switch escaped {
        case "a": "\u{07}"
        case "b": "\u{08}"
        case "f": "\u{0C}"
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "v": "\u{0B}"
        case "0"..."7": octal(escaped, &rest)
        default: escaped
        }
    }

    private static func octal(_ first: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar {
        var code = first.value - 0x30
        // Java takes three digits only where the first is 0 to 3, so that the code fits a byte.
        var digits = first <= "3" ? 2 : 1
        while digits > 0, let next = rest.first, ("0"..."7").contains(next) {
            code = code * 8 + (next.value - 0x30)
            rest.removeFirst()
            digits -= 1
        }
        return Unicode.Scalar(UInt8(truncatingIfNeeded: code))
    }
}
