import Cutover
import Foundation
@testable import Runbooks
import Testing

/// Whatever values hold, they stay data in what is run.
@Suite struct ArgumentTests {
    private static let hostile = [
        "a b", " ", "", "'", "\"", "$(id)", "`id`", "a\nb", "a\r\nb", "--yes", "-x", "--", "*", "${plan.file}", "$${x}", "a=b", "a,b", "\\", "é\u{301}", "\u{1B}[2J", "; rm -rf /",
    ]

    private static let text = """
        format-version: 1
        title: T
        purpose: P
        owner: O
        use-when: [always]
        parameters:
          v: {type: text, description: V, multiline: true}
          all: {type: list, description: All}
        clusters: {config: "${parameters.v}", flow: "${parameters.v}", set: ["k=${parameters.v}"], policy: "${parameters.v}"}
        steps:
          - {id: run, title: R, command: {run: [./x, "${parameters.v}", "v=${parameters.v}", "${parameters.all}", "all=${parameters.all}"], environment: {V: "${parameters.v}"}, input: "${parameters.v}"}}
          - {id: groups, title: G, groups: {groups: "${parameters.all}", assume: "${parameters.v}"}}
          - {id: explain, title: E, explain: {group: "${parameters.v}", topic: ["${parameters.v}"]}}
          - {id: page, title: P, http: {url: "http://x/${parameters.v}"}}
          - {id: stop, title: S, mirror: {do: stop, command: "${parameters.all}"}}
        """

    private func commandLine(_ id: String, _ value: String, _ all: [String]) throws -> [String]? {
        let runner = ActionRunner(
            world: Outside(), scope: Scope(parameters: ["v": .text(value), "all": .list(all)]), secrets: .none, clusters: try Runbook(Self.text, file: "f").clusters,
            journals: JournalFolder(URL(fileURLWithPath: "/j")), folder: URL(fileURLWithPath: "/r"))
        let step = try #require(try Runbook(Self.text, file: "f")[id])
        return runner.commandLine(of: step.action, ActionRunner.Task(step: id, name: id, attempt: 1))
    }

    @Test(arguments: hostile) func valuesOfPrograms(_ value: String) throws {
        let all = [value, "b", value]
        #expect(try commandLine("run", value, all) == ["./x", value, "v=\(value)"] + all + ["all=\(value), b, \(value)"])
        #expect(try commandLine("stop", value, all) == all)
        #expect(try commandLine("page", value, all) == ["GET", "http://x/\(value)"])
    }

    /// They follow a `=`, or the `--` after which there are no options.
    @Test(arguments: hostile) func valuesOfOperations(_ value: String) throws {
        let all = [value, "b"]
        func options(_ more: [String]) -> [String] {
            let clusters = value.isEmpty ? [] : ["--config=\(value)", "--policy=\(value)", "--flow=\(value)"]
            return clusters + ["--set=k=\(value)"] + (value.isEmpty ? [] : more)
        }
        #expect(try commandLine("groups", value, all) == ["failover", "groups"] + options(["--assume=\(value)"]) + ["--output=json", "--"] + all)
        let topic = value.isEmpty ? ["--topic="] : []
        #expect(try commandLine("explain", value, all) == ["failover", "explain"] + options(["--topic=\(value)"]) + topic + ["--output=json", "--", value])
    }

    @Test func noValuesAreNoArguments() throws {
        #expect(try commandLine("run", "v", []) == ["./x", "v", "v=v", "all="])
        #expect(try commandLine("groups", "v", []) == ["failover", "groups", "--config=v", "--policy=v", "--flow=v", "--set=k=v", "--assume=v", "--output=json"])
    }

    /// No program can be given one, and what stands before it is another value.
    @Test func noParameterHasANUL() throws {
        let runbook = try Runbook(Self.text, file: "f")
        var texts = ParameterTexts()
        try texts.add(settings: ["v=a\0b", "all=c", "all=d\0"])
        let error = #expect(throws: ParameterErrors.self) { try texts.values(of: runbook) }
        #expect(error?.errors.map(\.name) == ["v", "all"])
        #expect(error?.errors.allSatisfy { $0.problem.contains("NUL") } == true)
    }

    /// What a step has found may have one.
    @Test func noProgramIsGivenANUL() async throws {
        let outside = Outside()
        let runner = ActionRunner(
            world: outside, scope: Scope(parameters: [:], found: ["a": ["output": "billing\0x"]]), secrets: .none, clusters: Runbook.Clusters(),
            journals: JournalFolder(URL(fileURLWithPath: "/j")), folder: URL(fileURLWithPath: "/r"))
        let task = ActionRunner.Task(step: "b", name: "b", attempt: 1), output = try Template("${a.output}")
        var inEnvironment = Action.Command(run: [Template(literal: "x")])
        inEnvironment.environment = ["V": output]
        for command in [Action.Command(run: [Template(literal: "x"), output]), Action.Command(run: [output]), inEnvironment] {
            let result = try await runner.run(.command(command), task)
            #expect(result.outcome == .failed && result.message?.contains("NUL") == true)
        }
        #expect(outside.programs.isEmpty)
    }
}
