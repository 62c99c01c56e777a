/// A command line before it is known: what steps are going to find stands for itself, as `‹plan.maxReplay›`.
struct CommandPreview: Sendable {
    var words: [String]
    /// Options that it has only where something holds, which is not known yet.
    var conditions: [Prose] = []

    /// - Parameter step: For which.
    init(_ operation: Operation, of step: String, in runbook: Runbook, _ scope: Scope) {
        var known = operation, clusters = runbook.clusters
        for option in operation.kind.options {
            switch (option.shape, operation.given[option.name]) {
            case (.flag, .flag(let expression)?) where expression.value(in: scope) == nil:
                known.given[option.name] = nil
                conditions.append(Self.condition(option.option, expression, scope))
            case (.checks, .texts(let checks)?):
                known.given[option.name] = .texts(checks.filter { $0.items(in: scope) != nil })
                let open = checks.filter { $0.items(in: scope) == nil }.map { Prose.code($0.preview(in: scope)) }
                if !open.isEmpty { conditions.append("the flags that accept \(open.joined(separator: ", "))") }
            default: break
            }
        }
        if let lost = clusters.sourceLost, lost.value(in: scope) == nil {
            clusters.sourceLost = nil
            if operation.given["source-lost"] == nil, operation.kind.options.contains(.lost) { conditions.append(Self.condition("source-lost", lost, scope)) }
        }
        let arguments = try? known.arguments(of: step, in: Foresight(scope: scope), Operation.Surroundings(
            clusters: clusters, journalFolder: "", file: { "\($0).\($1)" },
            run: { operation.kind == .rollback ? Operation.RunName(id: "‹\($0).run›") : nil }))
        let (words, names) = (arguments ?? operation.kind.words).split(before: "--")
        self.words = ["failover"] + words.filter { !Self.isOfRun($0) } + names
    }

    /// A program that a runbook names.
    init(_ run: [Template], _ scope: Scope) { words = (try? run.items(in: Foresight(scope: scope))) ?? [] }

    /// What only a run needs: somebody who copies a command line wants to be asked, and to read what it says.
    private static func isOfRun(_ word: String) -> Bool { ["--yes", "--output=json", "--journal-folder="].contains(word) }

    private static func condition(_ option: String, _ expression: Expression, _ scope: Scope) -> Prose {
        "\(code: "--\(option)") only where \(expression.sentence(in: scope))"
    }
}

extension [String] {
    fileprivate func split(before word: String) -> (Self, Self) {
        let place = firstIndex(of: word) ?? endIndex
        return (Self(self[..<place]), Self(self[place...]))
    }
}

/// What is known, and the names of the rest.
private struct Foresight: ReferenceValues {
    var scope: Scope
    func value(of reference: Reference) -> Value? { scope.value(of: reference) ?? .text("‹\(reference)›") }
}
