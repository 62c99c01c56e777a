import Foundation

/// One thing measured, next to what it is compared with in the same run.
struct Figure: Codable {
    enum Goal: Codable {
        case atLeast(Double)
        case atMost(Double)

        func isMet(by value: Double) -> Bool {
            switch self {
            case .atLeast(let least): value >= least
            case .atMost(let most): value <= most
            }
        }
    }

    var what: String
    var value: Double
    var unit: String
    var baseline: Double?
    var goal: Goal?

    /// Of the value to its baseline.
    var ratio: Double? { baseline.map { value / $0 } }
}

/// Shows figures as they come, or all together as JSON.
struct Report {
    private let isJSON: Bool
    private var figures: [Figure] = []

    init(json: Bool) { isJSON = json }

    mutating func heading(_ baseline: String) {
        if !isJSON { print(row("", "measured", "", baseline, "ratio", "goal")) }
    }

    mutating func add(_ what: String, _ value: Double, _ unit: String, baseline: Double? = nil, goal: Figure.Goal? = nil) {
        let figure = Figure(what: what, value: value, unit: unit, baseline: baseline, goal: goal)
        figures.append(figure)
        guard !isJSON else { return }
        print(row(
            what, number(value), unit, baseline.map(number) ?? "", figure.ratio.map { number($0) } ?? "", words(figure)))
    }

    func finish() throws {
        guard isJSON else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        print(String(decoding: try encoder.encode(figures), as: UTF8.self))
    }

    private func words(_ figure: Figure) -> String {
        switch figure.goal {
        case .atLeast(let least): ">= \(number(least)) \(figure.goal?.isMet(by: figure.value) == true ? "met" : "MISSED")"
        case .atMost(let most): "<= \(number(most)) \(figure.goal?.isMet(by: figure.value) == true ? "met" : "MISSED")"
        case nil: ""
        }
    }

    private func row(_ what: String, _ value: String, _ unit: String, _ baseline: String, _ ratio: String, _ goal: String) -> String {
        [left(what, 50), right(value, 10), left(unit, 10), right(baseline, 10), right(ratio, 8), " " + goal].joined(separator: " ")
    }

    private func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
    private func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

    private func number(_ value: Double) -> String { String(format: value < 10 ? "%.3f" : value < 1000 ? "%.1f" : "%.0f", value) }
}
