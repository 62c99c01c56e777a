@testable import Runbooks
import Testing

@Suite struct RunbookPageTests {
    private static let hostile = "a b`|<x>\n# no\n```\n$(id) 'q' \u{1B}[2J*"

    private func page(_ parameters: [String: Value] = [:]) throws -> RunbookPage { RunbookPage(try DocumentFixture.runbook(), parameters: parameters) }

    @Test func everythingThatANewcomerNeeds() throws {
        let text = try page(["config": "mm2.properties", "stop": ["systemctl", "stop", "the mirror"]]).text
        for part in [
            "Unplanned failover\n==================\n", "Move the groups of a lost cluster to B.", "- Owner: platform on-call", "- the source cluster is down",
            "- the source still takes writes", "- on the target READ of the mirrored topics",
            "- config (a file's path): The mirror's configuration. Value: mm2.properties\n", "1,000 (default)",
            "in the environment variable PAGER_TOKEN (default)", "at most 30 min, from the beginning of the step decide to the end of the step move",
            "1. Tell everybody (tell)", "the parameter max-re-read (1,000) is more than 5,000", "Moving billing now.",
            "Somebody does this, and answers: Is the source lost for good?", "- Answer: yes or no; anything but yes fails the step",
            "    - Why: Groups that nobody has checkpointed would be forgotten.",
            "failover groups --config=mm2.properties --source-lost '--flow=A->B' -- billing\n",
            "systemctl stop 'the mirror'\n", "failover plan --config=mm2.properties --source-lost --out=plan.plan.json\n",
            "    - FAIL refuses\n    - skip leaves out\n", "By hand:\n\n        kafka-consumer-groups --describe --group billing\n",
            "    Goes on only if maxReplay of the step plan is at most the parameter max-re-read (1,000), and it",
            "Else it says: ‹plan.maxReplay› records would be read again.", "what was done is undone, the last first; no step up to here needs it",
            "Somebody has to agree: Move ‹plan.groups› groups to ‹plan.target›?", "Four eyes: yes",
            "failover apply --config=mm2.properties --fence -- plan.plan.json\n", "Besides: --only-safe-groups only where rewinds of the step plan is more than 0",
            "Undone by: Put them back", "failover rollback --config=mm2.properties -- '‹move.run›'\n",
            "Asks GET https://pager.example/billing", "Authorization: Bearer ${env:PAGER_TOKEN}", "Tried again: up to 2 times, each after 5 s",
            "Where it fails: the run goes on with the next step", "Waits until lag of that look is 0, or activeOnTarget of that look is empty",
            "Looks every 10 s", "Has failed after: 5 min", "./hook --group billing '‹plan.groups›'\n", "TOKEN=${env:PAGER_TOKEN}",
            "somebody has to say whether it was done",
        ] { #expect(text.contains(part), "\(part)") }
    }

    @Test func whatIsNotGivenIsSaid() throws {
        let text = try page().text
        #expect(text.contains("- config (a file's path): The mirror's configuration. Value: to be given\n"))
        #expect(text.contains("'--config=‹parameters.config›'"))
        #expect(text.contains("Stops the mirror: somebody does it, and says so."))
    }

    /// What a step is going to find can't be put into a command line yet.
    @Test func whatIsAcceptedIsShown() throws {
        let text = DocumentFixture.text
            .replacing("      fence: parameters.fence\n", with: "      fence: parameters.fence\n      accepting: [rewind, '${plan.failedChecks}']\n")
        let shown = RunbookPage(try Runbook(text, file: "f"), parameters: ["config": "mm2.properties"]).text
        #expect(shown.contains("failover apply --config=mm2.properties --allow-rewind --fence -- plan.plan.json\n"))
        #expect(shown.contains("Besides: the flags that accept ‹plan.failedChecks›\n"))
    }

    @Test func textKeepsToItsColumns() throws {
        let lines = try page().text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines.contains { $0.count > 90 })
        #expect(!lines.contains { $0.contains("**") || $0.contains("```") || $0.hasPrefix("#") || $0.hasSuffix(" ") })
    }

    @Test func markdownIsMarkedUp() throws {
        let markdown = try page(["config": "mm2.properties"]).markdown
        for part in [
            "# Unplanned failover\n", "\n## Parameters\n\n- `config` (a file's path): ", "\n### 3. Look (`look`)\n\n- **Why:** Groups",
            "\n```text\nfailover plan --config=mm2.properties --source-lost --out=plan.plan.json\n```\n", "lost cluster to `B`.",
            "Read every line:\n\n- `FAIL` refuses\n- `skip` leaves out\n", "\n**By hand:**\n\n```text\nkafka-consumer-groups ",
        ] { #expect(markdown.contains(part), "\(part)") }
    }

    /// Whatever a value holds, there are the same headings, fences and items.
    @Test func hostileValuesStayData() throws {
        func shape(_ markdown: String) -> [Substring] {
            markdown.split(separator: "\n").compactMap { line in
                if line.hasPrefix("#") { return line }
                return line.hasPrefix("- ") ? line.prefix(4) : line.hasPrefix("```") ? "```" : nil
            }
        }
        let calm = try page(["group": "billing"]), hostile = try page(["group": .text(Self.hostile)])
        #expect(shape(hostile.markdown) == shape(calm.markdown))
        for text in [hostile.markdown, hostile.text] {
            #expect(!text.contains("\u{1B}"))
            // A shell takes it for one word, in the command's own line and within an author's quotes.
            let quoted = #"$'a b`|<x>\n# no\n```\n$(id) \'q\' \u001b[2J*'"#
            #expect(text.contains("'--flow=A->B' -- \\\n") && text.contains("  \(quoted)\n"))
            #expect(text.contains("--group \(quoted)\n") && text.contains("--group ''\(quoted)''\n"))
        }
    }

    @Test(arguments: [
        ("x ${parameters.v}", "x 'a'\\''b $c'"), ("x '${parameters.v}' y", "x 'a'\\''b $c' y"), ("x \"${parameters.v}\" y", "x \"a'b \\$c\" y"),
        ("the mirror's ${parameters.v}", "the mirror's 'a'\\''b $c'"), ("it's\n'\n${parameters.v}", "it's\n'\n'a'\\''b $c'"), ("${parameters.n} ${plan.x}", "1500 '‹plan.x›'"),
        ("\"a\\\"${parameters.v}\"", "\"a\\\"a'b \\$c\""), ("'a' ${parameters.v}", "'a' 'a'\\''b $c'"), ("\"${parameters.bang}\"", "\"\"'a!b'\"\""),
    ]) func copiedLines(_ template: String, _ expected: String) throws {
        let scope = Scope(parameters: ["v": "a'b $c", "n": 1500, "bang": "a!b"])
        #expect(try Template(template).shellPreview(in: scope) == expected)
    }

    @Test(arguments: [
        ("parameters.on", "the parameter on (true) is true"), ("not parameters.on", "the parameter on (true) is false"), ("true", "true"),
        ("a.x is unknown", "x of the step a could not be told"), ("a.x is known", "x of the step a is known"), ("a.x == 'k'", #"x of the step a is "k""#),
        ("a.l != []", "l of the step a is not empty"), ("a.x < 1500 and (a.x > 1 or a.x >= 2)", "x of the step a is less than 1,500, and (x of the step a is more than 1, or x of the step a is at least 2)"),
        ("not (a.x == 1 or a.x != 2)", "it is not so that (x of the step a is 1, or x of the step a is not 2)"),
        ("a.l in parameters.on", "l of the step a is, or all of it are, among the parameter on (true)"), ("'a' in this.l", #""a" is among l of that look"#), ("(a.x == 1) == parameters.on", "whether x of the step a is 1 is the parameter on (true)"),
    ]) func sentences(_ expression: String, _ expected: String) throws {
        #expect(try Expression(expression).sentence(in: Scope(parameters: ["on": true])).text == expected)
    }
}
