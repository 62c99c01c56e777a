import ArgumentParser
import Cutover
import OffsetTranslate

/// Groups as they are asked for on a command line: by name, or by a regular expression that matches the whole name.
struct GroupNames {
    private let names: [String]
    private let patterns: NameFilter?
    private let filter: NameFilter

    /// - Parameter filter: What is taken where none is asked for.
    init(_ arguments: [String], filter: NameFilter) throws {
        names = arguments.filter(Self.isName)
        let expressions = arguments.filter { !Self.isName($0) }
        do {
            patterns = expressions.isEmpty ? nil : try NameFilter(include: expressions)
        } catch {
            throw ValidationError("'\(expressions.joined(separator: "', '"))': no regular expression: \(error)")
        }
        self.filter = filter
    }

    /// What may be a regular expression has a character that names seldom have. One that has is found by itself too.
    private static func isName(_ text: String) -> Bool { !text.contains { "*+?()[]{}|^$\\".contains($0) } }

    var selection: Planner.Selection {
        // By name, a group is found too where the brokers can't list any.
        guard let patterns else { return names.isEmpty ? .all { [filter] in filter.matches($0) } : .named(names) }
        let named = Set(names)
        return .all { named.contains($0) || patterns.matches($0) }
    }

    /// Each asked for by its name.
    var isByName: Bool { patterns == nil && !names.isEmpty }

    /// Names that were asked for and are not among these.
    func missing(from found: some Sequence<String>) -> [String] { Set(names).subtracting(found).sorted() }
}
