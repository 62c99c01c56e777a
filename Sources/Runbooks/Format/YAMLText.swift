internal import Yams

typealias YAMLNode = Yams.Node

/// YAML, as far as documents here need it.
enum YAMLText {
    /// The one document of a text.
    ///
    /// - Throws: ``RunbookProblem``.
    static func root(_ text: String) throws(RunbookProblem) -> YAMLNode {
        guard text.utf8.count <= 1 << 20 else { throw RunbookProblem(line: 1, column: 1, message: "the file is larger than 1 MiB: it is no runbook") }
        let node: YAMLNode?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw problem(error, in: text)
        } catch {
            throw RunbookProblem(line: 1, column: 1, message: "\(error)")
        }
        guard let node else { throw RunbookProblem(line: 1, column: 1, message: "the file is empty") }
        return node
    }

    private static func problem(_ error: YamlError, in text: String) -> RunbookProblem {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            RunbookProblem(line: mark.line, column: mark.column, message: "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            RunbookProblem(
                line: line(ofSecond: duplicates, in: text, from: context.mark) ?? context.mark.line, column: context.mark.column,
                message: "says twice: \(duplicates.sorted().joined(separator: ", "))")
        case .reader(let problem, _, _, _):
            RunbookProblem(line: 1, column: 1, message: "this is not text: \(problem)")
        default:
            RunbookProblem(line: 1, column: 1, message: "this is not YAML: \(error)")
        }
    }
}

extension YAMLText {
    /// Of a mapping that begins at `mark` and has a line for each key: where the first that is there already comes again.
    private static func line(ofSecond names: [String], in text: String, from mark: Yams.Mark) -> Int? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline), indentation = mark.column - 1
        var seen: Set<Substring> = []
        for (number, line) in lines.enumerated().dropFirst(mark.line - 1) {
            // What stands before the first is a hyphen, or nothing.
            guard number == mark.line - 1 || line.prefix(indentation).allSatisfy(\.isWhitespace) else { return nil }
            guard let colon = line.dropFirst(indentation).firstIndex(of: ":") else { continue }
            let key = line.dropFirst(indentation)[..<colon]
            if names.contains(String(key)), !seen.insert(key).inserted { return number + 1 }
        }
        return nil
    }
}

/// Where something stands in a file, counted from 1.
struct Place: Hashable {
    var line: Int
    var column: Int
}

extension YAMLNode {
    /// Where it stands.
    var place: Place { mark.map { Place(line: $0.line, column: $0.column) } ?? Place(line: 1, column: 1) }

    /// Nothing was written.
    var isNothing: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
    }

    /// What it is, for people.
    var shape: String {
        switch self {
        case .scalar: isNothing ? "nothing" : "a text"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    /// Where a character of its text stands; of a block, where that begins.
    func place(ofCharacter offset: Int) -> Place {
        guard case .scalar(let scalar) = self else { return place }
        switch scalar.style {
        case .plain: return Place(line: place.line, column: place.column + offset)
        case .singleQuoted, .doubleQuoted: return Place(line: place.line, column: place.column + 1 + offset)
        default: return place
        }
    }
}

/// A mapping that is read key by key.
struct Fields {
    /// As in "step 'plan'", for messages.
    let owner: String
    let place: Place
    private let pairs: [(key: YAMLNode, name: String, value: YAMLNode)]
    private var asked: [String] = []

    init?(_ node: YAMLNode, owner: String) {
        guard case .mapping(let mapping) = node else { return nil }
        self.owner = owner
        place = node.place
        pairs = mapping.map { ($0.key, $0.key.scalar?.string ?? "", $0.value) }
    }

    /// What a key has; `nil` where it is not there.
    mutating func take(_ name: String) -> YAMLNode? {
        asked.append(name)
        return pairs.first { $0.name == name }?.value
    }

    /// Keys that are none of those asked for.
    var unknown: [(name: String, place: Place)] { pairs.filter { !asked.contains($0.name) }.map { ($0.name, $0.key.place) } }
    var known: [String] { asked }
    var names: [String] { pairs.map(\.name) }
    func place(of name: String) -> Place { pairs.first { $0.name == name }?.key.place ?? place }
}
