internal import Cutover
internal import OffsetTranslate

extension Operation {
    /// What surrounds an operation when it runs.
    struct Surroundings {
        var clusters: Runbook.Clusters
        var journalFolder: String
        /// Where a step's plan, or starts, are: a path.
        var file: (_ step: String, _ suffix: String) -> String
        /// An `apply` step's run.
        var run: (_ step: String) -> RunName?
        var isDryRun = false
    }

    /// The run that an `apply` makes.
    struct RunName: Sendable, Hashable {
        var id: String
        /// It got as far as being agreed to, so that it can be taken up.
        var isBegun = false
        /// For its journal.
        var approvedBy: String?
    }

    /// After `failover`. Values never become options: they follow a `=`, or a `--`.
    ///
    /// - Throws: ``ValueUnfit`` where a value it needs is unknown.
    func arguments(of step: String, in values: some ReferenceValues, _ around: Surroundings) throws(ValueUnfit) -> [String] {
        var options = kind.words, names: [String] = []
        options += try around.clusters.arguments(in: values, isHomeless: given["source-lost"] != nil || !kind.options.contains(.lost), flow: given["flow"] == nil)
        // A dry run writes no file but its own.
        for option in kind.options where !(around.isDryRun && option.name == "export-divergence") {
            switch (option.shape, given[option.name]) {
            case (.flag, .flag(let expression)?):
                guard case .boolean(let isGiven)? = expression.value(in: values) else { throw ValueUnfit.notKnown(expression.unknown(in: values)) }
                if isGiven { options.append("--\(option.option)") }
            case (.value, .texts(let templates)?), (.values, .texts(let templates)?):
                options += try templates.items(in: values).filter { option.shape == .values || !$0.isEmpty }.map { "--\(option.option)=\($0)" }
            case (.checks, .texts(let templates)?):
                for name in try templates.items(in: values) {
                    guard let check = Check.Kind(rawValue: name) else { throw ValueUnfit.noCheck(name) }
                    options.append(check.flag)
                }
            case (.names, .texts(let templates)?), (.name, .texts(let templates)?):
                let items = try templates.items(in: values)
                // Of a parameter, none means all, because somebody has said so; what a step has found says it of nothing.
                if items.isEmpty, let found = templates.flatMap(\.references).first(where: { $0.scope != "parameters" }) { throw ValueUnfit.empty(found) }
                names += items
            default: break
            }
        }
        switch kind {
        case .plan: options.append("--out=\(around.file(step, Self.planSuffix))")
        case .failback: options += ["--out=\(around.file(step, Self.planSuffix))", "--starts=\(around.file(step, Self.startsSuffix))"]
        case .apply:
            guard let plan = self.step("plan") else { break }
            names = [around.file(plan, Self.planSuffix)]
            if !around.isDryRun, let run = around.run(step) {
                options.append("--run=\(run.id)")
                if let approvedBy = run.approvedBy { options.append("--approved-by=\(approvedBy)") }
            }
        case .rollback:
            guard let applied = self.step("run"), let run = around.run(applied) else {
                throw ValueUnfit.notKnown([Reference(scope: self.step("run") ?? step, name: "run")])
            }
            names = [run.id]
        default: break
        }
        if kind.changes { options.append("--journal-folder=\(around.journalFolder)") }
        if around.isDryRun, kind.changes { options.append("--dry-run") } else if kind.needsApproval { options.append("--yes") }
        return options + ["--output=json"] + (names.isEmpty ? [] : ["--"] + names)
    }

    static let planSuffix = "plan.json"
    static let startsSuffix = "starts.json"
}

extension Runbook.Clusters {
    /// - Parameters:
    ///   - isHomeless: Whether to ask the source is not this operation's to choose, or it has chosen.
    ///   - flow: Name the flow too.
    func arguments(in values: some ReferenceValues, isHomeless: Bool, flow names: Bool = true) throws(ValueUnfit) -> [String] {
        var options: [String] = []
        func add(_ option: String, _ template: Template?) throws(ValueUnfit) {
            for item in try (template.map { [$0] } ?? []).items(in: values) where !item.isEmpty { options.append("--\(option)=\(item)") }
        }
        for file in config { try add("config", file) }
        try add("source", source)
        try add("target", target)
        try add("source-alias", sourceAlias)
        try add("target-alias", targetAlias)
        try add("policy", policy)
        if names { try add("flow", flow) }
        for setting in set { try add("set", setting) }
        if let timeout { options.append("--timeout=\(max(1, timeout.milliseconds / 1000))") }
        guard !isHomeless, let sourceLost else { return options }
        guard case .boolean(let isLost)? = sourceLost.value(in: values) else { throw ValueUnfit.notKnown(sourceLost.unknown(in: values)) }
        return options + (isLost ? ["--source-lost"] : [])
    }
}

extension [Template] {
    func items(in values: some ReferenceValues) throws(ValueUnfit) -> [String] {
        var items: [String] = []
        for template in self {
            guard let some = template.items(in: values) else { throw ValueUnfit.notKnown(template.references.filter { values.value(of: $0) == nil }) }
            items += some
        }
        return items
    }
}

/// Why what is referred to can't be used.
enum ValueUnfit: Error, CustomStringConvertible {
    case notKnown([Reference])
    /// A list that a step has found, and that would mean all.
    case empty(Reference)
    /// One that nobody makes.
    case noCheck(String)

    var description: String {
        switch self {
        case .notKnown(let references):
            "\(references.map(\.description).joined(separator: ", ")) \(references.count == 1 ? "is" : "are") not known: the step that finds it was skipped, failed, or could not tell"
        case .empty(let reference): "\(reference) is an empty list, and no names would mean all"
        case .noCheck(let name): "there is no check '\(name)': \(Check.Kind.allCases.map(\.rawValue).joined(separator: ", "))"
        }
    }
}
