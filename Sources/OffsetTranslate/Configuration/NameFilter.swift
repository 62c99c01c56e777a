internal import Foundation

/// Which names MirrorMaker 2 replicates: comma-separated lists of regular expressions, as `DefaultTopicFilter`,
/// `DefaultGroupFilter` and `DefaultConfigPropertyFilter` read them.
///
/// A name is matched as a whole; any expression of a list may match it; an excluded name is out whatever includes it.
/// A list is compiled as one alternation, as MirrorMaker does, so that `(?i)` at its start holds for all of it.
/// An empty list matches nothing.
public struct NameFilter: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    public let include: [String]
    public let exclude: [String]
    private let included: Pattern
    private let excluded: Pattern
    /// Whether a list came through a config provider, so that no description may show it.
    var isSecret = false

    /// - Parameters:
    ///   - includeKey: the configuration key of the first list, for the error.
    ///   - excludeKey: the configuration key of the second list.
    /// - Throws: a ``ConfigurationError`` naming the key and the expression that is not a regular expression.
    public init(
        include: [String], exclude: [String] = [], includeKey: String = "include", excludeKey: String = "exclude"
    ) throws(ConfigurationError) {
        self.include = include
        self.exclude = exclude
        included = try Pattern(include, key: includeKey)
        excluded = try Pattern(exclude, key: excludeKey)
    }

    /// MirrorMaker's default for `topics` and `topics.exclude`.
    public static let defaultTopics = NameFilter(known: .topics, .topicsExclude)
    /// MirrorMaker's default for `groups` and `groups.exclude`.
    public static let defaultGroups = NameFilter(known: .groups, .groupsExclude)
    /// MirrorMaker's default for `config.properties.exclude`: every topic property but those that belong to one cluster.
    public static let defaultTopicProperties = NameFilter(include: [".*"], known: .configPropertiesExclude)
    /// Every name.
    public static let everything = NameFilter(include: [".*"], exclude: [])

    public func matches(_ name: String) -> Bool { included.matches(name) && !excluded.matches(name) }

    /// The expressions of a comma-separated list, as Kafka's ConfigDef splits a LIST.
    public static func list(_ text: String) -> [String] {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    /// The lists, unless they came through a config provider.
    public var description: String {
        if isSecret { return "(secret)" }
        return include.joined(separator: ", ") + (exclude.isEmpty ? "" : " but not " + exclude.joined(separator: ", "))
    }

    public var customMirror: Mirror {
        Mirror(self, children: isSecret ? [:] : ["include": include, "exclude": exclude])
    }

    public static func == (a: Self, b: Self) -> Bool { a.include == b.include && a.exclude == b.exclude }

    private init(known include: MirrorKey, _ exclude: MirrorKey) {
        self.init(include: Self.list(include.defaultText), exclude: Self.list(exclude.defaultText))
    }

    private init(include: [String], known exclude: MirrorKey) {
        self.init(include: include, exclude: Self.list(exclude.defaultText))
    }

    /// For expressions that are known to compile; one that does not would match nothing.
    private init(include: [String], exclude: [String]) {
        self.include = include
        self.exclude = exclude
        included = (try? Pattern(include, key: "")) ?? Pattern.nothing
        excluded = (try? Pattern(exclude, key: "")) ?? Pattern.nothing
    }
}

extension NameFilter {
    /// One compiled list; nil matches nothing.
    private struct Pattern: Sendable {
        private let expression: NSRegularExpression?

        static let nothing = Pattern(expression: nil)

        private init(expression: NSRegularExpression?) { self.expression = expression }

        init(_ list: [String], key: String) throws(ConfigurationError) {
            guard !list.isEmpty else {
                self = .nothing
                return
            }
            let joined = list.joined(separator: "|")
            // Compiled bare first: a stray parenthesis must not pair with those around it.
            guard Self.compile(joined) != nil, let anchored = Self.compile("\\A(?:\(joined))\\z") else {
                let culprit = list.first { Self.compile($0) == nil } ?? joined
                throw ConfigurationError(
                    .invalid, key: key, "“\(culprit)” is not a regular expression",
                    remedy: Self.advice(culprit))
            }
            expression = anchored
        }

        func matches(_ name: String) -> Bool {
            guard let expression else { return false }
            return expression.firstMatch(in: name, range: NSRange(name.startIndex..., in: name)) != nil
        }

        private static func compile(_ pattern: String) -> NSRegularExpression? {
            try? NSRegularExpression(pattern: pattern)
        }

        private static func advice(_ culprit: String) -> String {
            if culprit.hasPrefix("*") { return "Write .* for “anything”" }
            if culprit.contains("{") || culprit.contains("}") {
                return "A comma separates the expressions of the list, so {1,3} cannot be written"
            }
            return "Escape characters that mean themselves with a backslash (two in a properties or JSON file)"
        }
    }
}
