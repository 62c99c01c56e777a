import ArgumentParser
import Cutover
import OffsetTranslate

/// Groups as they are asked for on a command line: by name, or by a regular expression that matches the whole name.
struct GroupNames {
    private let arguments: [String]
    /// Those that are not names alone.
    private let expressions: [String]
    private let patterns: NameFilter?
    private let filter: NameFilter

    /// - Parameter filter: What is taken where none is asked for.
    init(_ arguments: [String], filter: NameFilter) throws {
        guard !arguments.contains("") else { throw ValidationError("A group's name is not empty.") }
        self.arguments = arguments
        // What does not compile may be a name all the same.
        expressions = arguments.filter { Self.looksLikeExpression($0) && (try? NameFilter(include: [$0])) != nil }
        patterns = expressions.isEmpty ? nil : try NameFilter(include: expressions)
        self.filter = filter
    }

    private static func looksLikeExpression(_ text: String) -> Bool { text.contains { "*+?()[]{}|^$\\".contains($0) } }

    var selection: Planner.Selection {
        // By name, a group is found too where the brokers can't list any.
        guard let patterns else { return arguments.isEmpty ? .all { [filter] in filter.matches($0) } : .named(arguments) }
        let named = Set(arguments)
        return .all { named.contains($0) || patterns.matches($0) }
    }

    /// Each asked for by its name.
    var isByName: Bool { patterns == nil && !arguments.isEmpty }

    /// A single group, by its name.
    var isOne: Bool { isByName && arguments.count == 1 }

    /// Names that were asked for and are not among these.
    func missing(from found: some Sequence<String>) -> [String] { Set(arguments).subtracting(expressions).subtracting(found).sorted() }

    /// Expressions that match none of these, which are no group's name either.
    func unmatched(by found: [String]) -> [String] {
        expressions.filter { expression in
            let pattern = try? NameFilter(include: [expression])
            return !found.contains { $0 == expression || pattern?.matches($0) == true }
        }
    }
}
