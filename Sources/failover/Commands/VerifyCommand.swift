import ArgumentParser
import Cutover
import KafkaClient
import OffsetTranslate

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hold groups' positions on the target, or whole copies of topics, against the records themselves.",
        discussion: """
            Changes nothing. For each position of a group on the target it reads the records around it, and around the group's \
            position on the source, and says whether the group goes on at the copy of what it wanted next: matched, behind (as many \
            records are read again), AHEAD (as many would be skipped), moved on (further, by a group whose members read there by now), \
            ambiguous (records that are alike), not matched, or not readable and why. After a cutover and before its consumers start, \
            nothing may be AHEAD or not matched. --proof-limit and --proof-time bound what is read.

            --audit compares the logs instead: every record of the source with its copy, in order. It tells what is missing on the \
            target, doubled, different, out of order, and foreign.

            \(ExitStatus.help(of: "verify"))
            """)

    @Argument(help: "Groups; without any, all that pass the configuration's filter.") var groups: [String] = []
    @Flag(help: "Compare the records of topics, not positions of groups.") var audit = false
    @OptionGroup var auditing: AuditOptions
    @OptionGroup var planning: PlanOptions
    @Option(help: "text, json or jsonl.") var output = OutputFormat.text
    @OptionGroup var flow: FlowOptions

    enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json, jsonl }

    func validate() throws {
        guard audit else {
            if let option = auditing.given { throw ValidationError("\(option) goes with --audit.") }
            return
        }
        guard groups.isEmpty else { throw ValidationError("--audit compares topics (--topic NAME), not groups.") }
        guard !planning.positions.sourceLost else { throw ValidationError("--audit reads the records of both clusters; with --source-lost there are none to compare.") }
    }

    func run() async throws {
        if audit { return try await auditLogs() }
        let open = try await planning.open(flow)
        let plan = try await planning.plan(groups, open, proof: PlanOptions.ProofChoice.none, checking: false)
        let verifier = PositionVerifier(
            source: open.source, target: open.target,
            limits: RecordProof.Limits(bytes: planning.proofLimit << 20, time: .seconds(planning.proofTime)), progress: Console.progress)
        let view = VerificationView(
            source: plan.sourceAlias, target: plan.targetAlias,
            findings: try await verifier.verify(plan.positionPairs, activeGroups: Set(plan.groupStates.filter(\.value.isActive).keys)))
        try view.print(as: output)
        if view.findings.contains(where: \.isFailure) { throw ExitStatus.refused }
        if view.findings.contains(where: \.isOpen) { throw ExitStatus.partial }
    }
}
