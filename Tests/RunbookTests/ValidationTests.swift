import Runbooks
import Testing

/// Everything that the reader can say of a file, and where.
@Suite struct ValidationTests {
    private static let all = [
        Mistake.files, Mistake.top, Mistake.clustersAndRecovery, Mistake.parameters, Mistake.stepKeys, Mistake.references, Mistake.secrets,
        Mistake.kinds, Mistake.consent,
    ]

    @Test(arguments: all.flatMap { $0 })
    func isSaid(_ mistake: Mistake) {
        let error = #expect(throws: RunbookUnreadable.self) { try Runbook(mistake.yaml, file: "f.yaml") }
        let fitting = error?.problems.filter { $0.message.contains(mistake.message) } ?? []
        #expect(fitting.contains { $0.line == mistake.line && $0.column == mistake.column }, "\(error?.description ?? "")")
    }

    /// What these are about is all that is wrong with them.
    @Test(arguments: (Mistake.clustersAndRecovery + Mistake.stepKeys + Mistake.secrets + Mistake.kinds).filter { !$0.message.contains("two") })
    func nothingElseIsSaid(_ mistake: Mistake) {
        let error = #expect(throws: RunbookUnreadable.self) { try Runbook(mistake.yaml, file: "f.yaml") }
        #expect(error?.problems.count == 1, "\(error?.description ?? "")")
    }

    @Test func allOfThemInTheOrderOfTheFile() {
        let yaml = """
            format-version: 3
            title: []
            purpose: P
            owners: O
            use-when: [x]
            parameters:
              p: {type: integer, description: d, default: x}
            steps:
              - id: A
                title: A
                note: ${parameters.q}
              - id: b
                title: B
                target: soon
                gate: {require: 1 +}
              - id: b
                title: C
                on-failure: shrug
                note: x
            """
        let error = #expect(throws: RunbookUnreadable.self) { try Runbook(yaml, file: "mine.yaml") }
        let places = error?.problems.map { "\($0.line):\($0.column)" }
        #expect(places == ["1:1", "1:17", "2:8", "4:1", "7:47", "9:9", "11:11", "14:13", "15:23", "16:9", "18:17"])
        let lines = error?.description.split(separator: "\n") ?? []
        #expect(lines.first == "mine.yaml:1:1: a runbook lacks 'owner'")
        #expect(lines.count == 11)
        #expect(lines.allSatisfy { $0.hasPrefix("mine.yaml:") })
    }

    /// What refers to a step with mistakes is told of those, and no other thing.
    @Test func aMistakeIsNotTakenForAnother() {
        let yaml = Mistake.head + Mistake.oneCluster + """
            steps:
              - {id: a, title: A, plan: {assme: x}}
              - {id: b, title: B, gate: {require: 1 +}}
              - {id: c, title: C, note: '${b.outcome} ${a.mode}'}
            """
        let error = #expect(throws: RunbookUnreadable.self) { try Runbook(yaml, file: "f") }
        #expect(error?.problems.map(\.line) == [8, 9, 10])
        #expect(error?.problems.last?.message.contains("what the step 'b' finds is not known before its own mistakes are mended") == true)
    }

    /// And nothing is said of what is right.
    @Test func theFixtureIsRight() throws {
        #expect(try DocumentFixture.runbook().steps.count == 11)
    }
}
