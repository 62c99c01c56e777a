import Cutover
import Foundation
@testable import Runbooks
import Testing

/// A runbook with something of every kind, and what journals say of its runs.
enum DocumentFixture {
    static let text = """
        format-version: 1
        title: Unplanned failover
        purpose: Move the groups of a lost cluster to `B`.
        use-when:
          - the source cluster is down
        not-when:
          - the source still takes writes
        owner: platform on-call
        needs:
          - on the target READ of the mirrored topics
        parameters:
          config:
            type: file
            description: The mirror's configuration.
          max-re-read:
            type: integer
            description: More records read again than this stop the run.
            default: 1000
            minimum: 0
          group:
            type: text
            description: One group.
            default: billing
            multiline: true
          fence:
            type: boolean
            description: Whether producers are kept out.
            default: true
          token:
            type: secret
            description: For the pager.
            default: ${env:PAGER_TOKEN}
          stop:
            type: command
            description: Stops the mirror.
            default: []
        clusters:
          config: ${parameters.config}
          source-lost: true
        recovery:
          from: decide
          to: move
          target: 30 min
          lost: look.lag
          lost-target: 0
        steps:
          - id: tell
            title: Tell everybody
            when: parameters.max-re-read > 5000
            note: Moving `${parameters.group}` now.
          - id: decide
            title: Decide
            manual:
              question: Is the source lost for good?
          - id: look
            title: Look
            why: Groups that nobody has checkpointed would be forgotten.
            target: 10 s
            groups:
              groups: ["${parameters.group}"]
              flow: A->B
          - id: stop-mirror
            title: Stop the mirror
            mirror:
              do: stop
              command: ${parameters.stop}
          - id: plan
            title: Plan
            description: |
              Read every line:

              - `FAIL` refuses
              - `skip` leaves out
            plan: {}
            by-hand: |
              kafka-consumer-groups --describe --group ${parameters.group}
              kafka-consumer-groups --describe --group '${parameters.group}'
          - id: small-enough
            title: The re-read is bearable
            gate:
              require: plan.maxReplay <= parameters.max-re-read and not ("rewind" in plan.failedChecks)
              message: ${plan.maxReplay} records would be read again.
            on-failure: rollback
          - id: go
            title: Say so
            approve:
              question: Move ${plan.groups} groups to ${plan.target}?
              four-eyes: true
          - id: move
            title: Move the groups
            apply:
              plan: plan
              fence: parameters.fence
              only-safe-groups: plan.rewinds > 0
            compensation:
              title: Put them back
              rollback:
                run: move
          - id: page
            title: Say that it is done
            http:
              url: https://pager.example/${parameters.group}
              headers:
                Authorization: Bearer ${parameters.token}
            on-failure: continue
            retry:
              times: 2
              every: 5 s
          - id: read
            title: Somebody reads
            timeout: 5 min
            wait:
              until: this.lag == 0 or this.activeOnTarget == []
              every: 10 s
              groups: {}
          - id: hook
            title: Run the hook
            command:
              run: ["./hook", "--group", "${parameters.group}", "${plan.groups}"]
              environment:
                TOKEN: ${parameters.token}
        """

    static func runbook() throws -> Runbook { try Runbook(text, file: "unplanned.yaml") }

    /// Lines of a journal, a second apart from 2026-03-01T10:00:00Z on.
    static func history(parameters: [String: Value] = ["config": "mm2.properties"], _ entries: [RunbookEntry]) -> RunbookHistory {
        var begin = RunbookEntry(.begin)
        (begin.run, begin.by, begin.runbook, begin.parameters) = (
            "20260301T100000-abcd", Operator(user: "jane", host: "ops1", process: 4711), RunbookText(path: "unplanned.yaml", text: text), parameters
        )
        var history = RunbookHistory()
        for (number, entry) in ([begin] + entries).enumerated() {
            var entry = entry
            entry.line = number + 1
            entry.time = time(number)
            history.take(entry)
        }
        return history
    }

    static func time(_ seconds: Int) -> String { "2026-03-01T10:\(seconds / 60 < 10 ? "0" : "")\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60).000Z" }

    static func started(_ id: String, attempt: Int = 1, undoes: Bool? = nil, _ command: [String]? = nil, child: String? = nil) -> RunbookEntry {
        var entry = RunbookEntry(.started)
        (entry.id, entry.attempt, entry.undoes, entry.command, entry.child) = (id, attempt, undoes, command, child)
        return entry
    }

    static func answered(_ answer: String, by: String) -> RunbookEntry {
        var entry = RunbookEntry(.answered)
        (entry.answer, entry.answeredBy) = (answer, by)
        return entry
    }

    static func ended(
        _ id: String, _ outcome: StepOutcome = .done, undoes: Bool? = nil, _ message: String? = nil, found: [String: Value]? = nil,
        evidence: [Evidence]? = nil, seconds: Double? = 1
    ) -> RunbookEntry {
        var entry = RunbookEntry(.ended)
        (entry.id, entry.outcome, entry.undoes, entry.message, entry.found, entry.evidence, entry.seconds) = (
            id, outcome, undoes, message, found, evidence, seconds
        )
        return entry
    }

    static func end(_ ending: RunbookEnding) -> RunbookEntry {
        var entry = RunbookEntry(.end)
        entry.ending = ending
        return entry
    }

    static func resumed(from: String? = nil) -> RunbookEntry {
        var entry = RunbookEntry(.resume)
        (entry.by, entry.from) = (Operator(user: "joe", host: "ops2", process: 99), from)
        return entry
    }

    /// A run that went well up to the groups' move.
    static let moved: [RunbookEntry] = [
        ended("tell", .skipped, "parameters.max-re-read > 5000: parameters.max-re-read = 1,000", seconds: nil),
        started("decide"), answered("yes", by: "jane"), ended("decide", found: ["answer": true]),
        started("look", ["failover", "groups", "--flow=A->B"]),
        ended("look", found: ["groups": ["billing"], "count": 1], evidence: [Evidence(file: "evidence/look-1.out", Data("{}".utf8))], seconds: 12),
        started("stop-mirror"), answered("yes", by: "jane"), ended("stop-mirror", found: ["proven": true]),
        started("plan"), ended("plan", found: ["maxReplay": 7, "groups": 1, "target": "B", "failedChecks": [], "rewinds": 0]),
        started("small-enough"), ended("small-enough", .done, "plan.maxReplay = 7"),
        started("go"), answered("Joan", by: "Joan"), ended("go", found: ["by": "Joan"]),
        started("move", child: "c1"), ended("move", found: ["run": "c1", "groups": 1]),
    ]
}
