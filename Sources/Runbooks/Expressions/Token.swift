/// A word of an expression.
enum Token: Hashable {
    case reference(Reference)
    /// A name by itself, which nothing has.
    case name(String)
    case keyword(Keyword)
    case comparison(Comparison)
    case text(String)
    case number(Double)
    case mark(Mark)
    case end
}

enum Keyword: String {
    case and, or, not, `is`, known, unknown, `true`, `false`
}

enum Comparison: String {
    case equal = "==", unequal = "!=", less = "<", lessOrEqual = "<=", more = ">", moreOrEqual = ">=", contained = "in"
}

enum Mark: String {
    case open = "(", close = ")", openList = "[", closeList = "]", comma = ","
}

extension Token: CustomStringConvertible {
    /// For messages, after "found".
    var description: String {
        switch self {
        case .reference(let reference): "'\(reference)'"
        case .name(let name): "'\(name)'"
        case .keyword(let keyword): "'\(keyword.rawValue)'"
        case .comparison(let comparison): "'\(comparison.rawValue)'"
        case .text: "a text"
        case .number(let number): "the number \(Value.number(number).plain)"
        case .mark(let mark): "'\(mark.rawValue)'"
        case .end: "the end"
        }
    }
}
