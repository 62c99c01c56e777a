internal import Cutover
internal import OffsetTranslate

extension RunbookReport {
    /// CommonMark; values are escaped.
    public var markdown: String { blocks.markdown }
    /// One file with nothing from elsewhere, for screens and paper.
    public var html: String { blocks.html(title: "\(runbook.title), run \(run)") }

    private var blocks: [Block] {
        [.heading(1, "Report: \(runbook.title)"), .paragraph(Prose(authored: runbook.purpose)), verdict] + cautions + [.facts(summary)]
            + section("Recovery", recovery.map { [.facts($0.facts)] } ?? [])
            + section("Who ran it", [people])
            + section("Parameters", parameters.isEmpty ? [] : [parameterTable])
            + section("Approvals", approvals.isEmpty ? [] : [approvalTable, .paragraph("Names are recorded as they were given, not authenticated.")])
            + section("Steps", [stepTable])
            + section("Undone", undone.isEmpty ? [] : [undoneTable])
            + section("Step by step", steps.flatMap(\.blocks))
            + section("Timeline", [timelineTable])
            + section("Evidence", evidence)
            + section("Journal", [.paragraph("""
                \(journal.lines.grouped) lines, each with the hash of the line before: the chain was checked from the first to the last when this was made. \
                Lines cut off at its end would show only by the missing end.
                """)])
    }

    private func section(_ title: String, _ blocks: [Block]) -> [Block] { blocks.isEmpty ? [] : [.heading(2, Prose(title))] + blocks }

    private var verdict: Block {
        guard let ending else {
            return .banner("""
                \(strong: "This run has no end.") It is under way, or was killed: its journal does not tell which. \
                The last line is of \(latest.instant); nothing is known of what came after.
                """, .problem)
        }
        let at: Prose = stoppedAt.map { " At the step \(code: $0)." } ?? ""
        return .banner("\(strong: ending.sentence.capitalizedFirst + ".")\(at)", ending.tone)
    }

    /// What an ending by itself would pass over.
    private var cautions: [Block] {
        var cautions: [Block] = []
        let failed = steps.filter { $0.state == .failed }
        if ending == .completed, !failed.isEmpty {
            cautions.append(.banner("Failed, and gone on from: \(failed.map { .code($0.id) }.joined(separator: ", "))", .notice))
        }
        let open = steps.filter { $0.state == .noEnd || $0.compensation?.state == .noEnd }
        if !open.isEmpty {
            let ids = open.map { .code($0.id) }.joined(separator: ", ")
            cautions.append(.banner("Without an end in the journal, so that what became of them is not known: \(ids)", .problem))
        }
        return cautions
    }

    private var summary: [Block.Fact] {
        [
            .init("Run", .code(run)), .init("Runbook", "\(code: runbook.path), SHA-256 of its text \(code: runbook.sha256)"),
            .init("Owner", Prose(authored: runbook.owner)), .init("Begun", Prose(begun.instant)),
            .init(ending == nil ? "Last line" : "Ended", "\(latest.instant)\(seconds.map { ", \($0.inWords) after it was begun" } ?? "")"),
        ] + (rolledBackSince.map { [.init("Undone since", Prose($0.instant))] } ?? [])
    }

    // MARK: Tables

    private var people: Block {
        .table(["When", "What", "Who", "Until"], parts.enumerated().map { number, part in
            let back: Prose = part.from.map { ", back to the step \(code: $0)" } ?? ""
            let end: Prose = part.ending.map { "\($0.sentence)\(part.ended.map { ", \($0.instant)" } ?? "")" }
                ?? .badge(number == parts.count - 1 ? "no end" : "no end: killed", .problem)
            return ["\(part.time.instant)", "\(number == 0 ? "begun" : "resumed")\(back)", "\(part.by.shown)", end]
        })
    }

    private var parameterTable: Block {
        .table(["Name", "Type", "Value"], parameters.map { [.code($0.name), "\($0.type)", $0.shown] })
    }

    private var approvalTable: Block {
        .table(["Step", "Question", "Answer", "By", "When"], approvals.map { approval in
            let answer: Prose = approval.isApproved ? .badge("approved", .good) : .badge("declined", .problem)
            let eyes: Prose = approval.needsFourEyes ? ", four eyes" : "", manner: Prose = approval.isBeforehand ? ", in a file of answers" : ""
            let superseded: Prose = approval.isSuperseded ? " \(.badge("superseded", .quiet))" : ""
            return [
                .code(approval.step), Prose(approval.question), answer + eyes + manner + superseded, Prose(approval.by), Prose(approval.time.instant),
            ]
        })
    }

    private var stepTable: Block {
        .table(["#", "Step", "Outcome", "Attempts", "Took", "Target", "Remark"], steps.map { step in
            let last = step.attempts.last { !$0.isSuperseded }, tried = step.attempts.count(where: \.wasStarted)
            let late: Prose = last?.isWithinTarget == false ? " \(.badge("late", .notice))" : ""
            return [
                "\(step.number.grouped)", "\(step.title) (\(code: step.id))", step.state.badge, "\(tried == 0 ? "" : tried.grouped)",
                "\(last?.seconds.map(\.inWords) ?? "")\(late)", "\(step.targetSeconds.map(\.inWords) ?? "")",
                "\(step.state == .done ? "" : last?.message ?? "")",
            ]
        })
    }

    private var undone: [StepReport] { rolledBackSince == nil ? [] : steps.filter { $0.compensation != nil }.reversed() }

    private var undoneTable: Block {
        .table(["Step", "By", "Outcome", "Remark"], undone.compactMap { step in
            step.compensation.map { [.code(step.id), Prose($0.title), $0.state.badge, Prose($0.attempts.last?.message ?? "")] }
        })
    }

    private var timelineTable: Block {
        .table(["Time", "Since it was begun", "Step", "What"], timeline.map { event in
            [Prose(event.time.instant), Prose(event.elapsedSeconds.map(\.inWords) ?? ""), event.step.map { .code($0) } ?? "", Prose(event.text)]
        })
    }

    private var evidence: [Block] {
        let kept = steps.flatMap { step in (step.attempts + (step.compensation?.attempts ?? [])).flatMap(\.evidence).map { (step.id, $0) } }
        guard !kept.isEmpty else { return [] }
        return [
            .paragraph("Files in the run's folder, with the hashes that the journal has: \(code: "sha256sum") says whether they are still what they were."),
            .table(["Step", "File", "Bytes", "SHA-256"], kept.map { [.code($0), .code($1.file), "\($1.bytes.grouped)", .code($1.sha256)] }),
        ]
    }
}
