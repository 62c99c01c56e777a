/// A text, read once from its beginning to its end.
struct Characters {
    private let all: [Character]
    private(set) var column = 0

    init(_ text: String) { all = Array(text) }

    var next: Character? { column < all.count ? all[column] : nil }

    /// What comes after the next one.
    var second: Character? { column + 1 < all.count ? all[column + 1] : nil }

    /// Skips over `text` where it comes next.
    mutating func skip(_ text: String) -> Bool {
        guard column + text.count <= all.count, all[column..<column + text.count].elementsEqual(text) else { return false }
        column += text.count
        return true
    }

    mutating func take(while passes: (Character) -> Bool) -> String {
        let start = column
        while let next, passes(next) { column += 1 }
        return String(all[start..<column])
    }

    /// `[A-Za-z][A-Za-z0-9_-]*`; empty where something else comes next.
    mutating func name() -> String {
        guard next?.isLatinLetter == true else { return "" }
        return take { $0.isLatinLetter || $0.isDigit || $0 == "_" || $0 == "-" }
    }

    /// `name.name`, or what there is of it.
    mutating func reference() -> (scope: String, name: String) {
        let scope = name()
        guard !scope.isEmpty, next == ".", second?.isLatinLetter == true else { return (scope, "") }
        column += 1
        return (scope, name())
    }
}

extension Character {
    var isLatinLetter: Bool { isASCII && isLetter }
    var isDigit: Bool { isASCII && isNumber }
}
