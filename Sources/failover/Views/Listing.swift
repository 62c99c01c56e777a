import ArgumentParser
import Foundation
import OffsetTranslate

/// How rows are written.
enum ListingFormat: String, ExpressibleByArgument, CaseIterable {
    case text, wide, jsonl, csv
}

/// Rows of one kind, each column of which is described once: for people as a table, for programs as JSON or CSV.
actor Listing<Row: Sendable> {
    private let columns: [Column<Row>]
    private let format: ListingFormat
    private var hasBegun = false
    private var table: Table?

    init(_ columns: [Column<Row>], as format: ListingFormat) {
        self.columns = columns
        self.format = format
    }

    /// Writes rows below those that were written before.
    func add(_ rows: [Row]) throws {
        defer { hasBegun = true }
        switch format {
        case .jsonl: try Console.jsonLines(rows.lazy.map { [columns] row in Self.object(row, columns) })
        case .csv:
            let named = columns.filter { $0.name != nil }
            let header = hasBegun ? [] : [named.compactMap(\.name)]
            Console.lines((header + rows.map { row in named.map { $0.value(row).text } }).lazy.map(\.joinedForCSV))
        case .text, .wide:
            guard !rows.isEmpty || !hasBegun else { return }
            let titled = columns.filter { $0.title != nil }
            var table = table?.continued ?? Table(titled.map { ($0.title ?? "", $0.alignment) })
            for row in rows {
                let styles = titled.enumerated().reduce(into: [:]) { styles, column in styles[column.offset] = column.element.style?(row) }
                table.add(titled.map { $0.shown(row) }, styles: styles)
            }
            Console.data(format == .wide ? table.wide : table.text)
            self.table = table
        }
    }

    private static func object(_ row: Row, _ columns: [Column<Row>]) -> [String: ColumnValue] {
        columns.reduce(into: [:]) { object, column in
            guard let name = column.name else { return }
            let value = column.value(row)
            if value != .none { object[name] = value }
        }
    }
}

/// One column of a listing.
struct Column<Row>: Sendable {
    /// Of the member in JSON, and in the first line of CSV; `nil`: for people only.
    var name: String?
    /// `nil`: for programs only.
    var title: String?
    var alignment: Table.Alignment
    var value: @Sendable (Row) -> ColumnValue
    /// What people see.
    var shown: @Sendable (Row) -> String
    /// How that looks where there is colour.
    var style: (@Sendable (Row) -> Console.Style?)?

    static func text(_ name: String, _ title: String? = nil, _ value: @escaping @Sendable (Row) -> String?) -> Column {
        Column(name: name, title: title, alignment: .left, value: { value($0).map { .text($0) } ?? .none }, shown: { value($0) ?? "" })
    }

    static func number(_ name: String, _ title: String? = nil, _ value: @escaping @Sendable (Row) -> Int64?) -> Column {
        Column(name: name, title: title, alignment: .right, value: { value($0).map { .number($0) } ?? .none }, shown: { value($0).grouped })
    }

    static func count(_ name: String, _ title: String? = nil, _ value: @escaping @Sendable (Row) -> Int) -> Column {
        number(name, title) { Int64(value($0)) }
    }

    static func partition(_ value: @escaping @Sendable (Row) -> Int32) -> Column {
        var column = number("partition", "PART") { Int64(value($0)) }
        column.shown = { "\(value($0))" }
        return column
    }

    static func flag(_ name: String, _ title: String, _ value: @escaping @Sendable (Row) -> Bool) -> Column {
        Column(name: name, title: title, alignment: .left, value: { .flag(value($0)) }, shown: { value($0) ? "yes" : "" })
    }

    static func decimal(_ name: String, _ title: String, _ value: @escaping @Sendable (Row) -> Double?) -> Column {
        Column(
            name: name, title: title, alignment: .right, value: { value($0).map { .decimal($0) } ?? .none },
            shown: { value($0).map { "\(($0 * 10).rounded() / 10)" } ?? "-" })
    }

    /// Milliseconds since the epoch; people see the instant, or where `now` is given the age. A number, so it stays whole.
    static func time(_ name: String, _ title: String? = nil, now: Int64? = nil, _ value: @escaping @Sendable (Row) -> Int64?) -> Column {
        var column = number(name, title, value)
        column.shown = { row in
            let time = value(row) ?? -1
            return now.map { age(of: time, now: $0) } ?? instant(time)
        }
        return column
    }

    static func shown(_ title: String, _ shown: @escaping @Sendable (Row) -> String) -> Column {
        Column(name: nil, title: title, alignment: .left, value: { _ in .none }, shown: shown)
    }
}

/// What a program gets of one cell.
enum ColumnValue: Encodable, Hashable, Sendable {
    case text(String), number(Int64), decimal(Double), flag(Bool)
    /// No member in JSON, and nothing between the commas.
    case none

    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): "\(number)"
        case .decimal(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .none: ""
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .decimal(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        case .none: try container.encodeNil()
        }
    }
}
