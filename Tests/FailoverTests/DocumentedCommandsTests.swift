import ArgumentParser
@testable import failover
import Foundation
import Testing

/// What docs/ says of commands, held against the commands.
@Suite struct DocumentedCommandsTests {
    @Test func thereAreCommands() throws {
        let names = Set(try DescribedCommand.all().map(\.name))
        #expect(names.count > 25 && names.isSuperset(of: ["status", "sandbox", "sandbox tell", "failback plan", "runbook resume"]), "\(names.sorted())")
        #expect(!names.contains("remove-offsets"))
    }

    @Test func exitStatusesAreThoseOfTheCode() throws {
        let general = ExitStatus.general.map { "| \($0.key) | \($0.value) |" }
        try Documentation.hold("docs/exit-statuses.md", "general", (["| status | |", "|---|---|"] + general).joined(separator: "\n"))
        let commands = ExitStatus.commands.map { name, meanings in
            "| `\(name)` | " + meanings.map { "**\($0.key)** \($0.value)" }.joined(separator: " · ") + " |"
        }
        try Documentation.hold("docs/exit-statuses.md", "commands", (["| command | |", "|---|---|"] + commands).joined(separator: "\n"))
    }

    /// Each command says its own in its help, and none that there is not.
    @Test func everyCommandHasItsStatuses() throws {
        let commands = try DescribedCommand.all()
        #expect(Set(commands.map(\.name)) == Set(ExitStatus.commands.map(\.key)), "Sources/failover/ExitStatus+Commands.swift has all of them")
        for (name, command) in commands {
            let help = command.discussion ?? ""
            #expect(help.contains(ExitStatus.help(of: name)), "\(name): its discussion ends with ExitStatus.help(of:)")
        }
        #expect(Set(ExitStatus.general.map(\.key)) == Set(ExitStatus.allCases.map(\.rawValue) + [0, 64]))
        for (name, meanings) in ExitStatus.commands {
            #expect(meanings.allSatisfy { status in ExitStatus.general.contains { $0.key == status.key } }, "\(name)")
        }
    }

    /// Whatever writes for programs has a heading in docs/json.md.
    @Test func whatProgramsReadIsDescribed() throws {
        let headings = try Documentation.text("docs/json.md").split(separator: "\n").filter { $0.hasPrefix("#") }.joined(separator: "\n")
        var described = 0
        for (name, command) in try DescribedCommand.all() where !command.formats.isEmpty {
            #expect(headings.contains("`failover \(name)`") || headings.contains("`\(name)`") || headings.contains("`failover \(name) --"), "\(name): \(command.formats)")
            described += 1
        }
        #expect(described > 15)
    }

    /// Every command line in README and docs/ is one that the parser takes.
    @Test func commandLinesParse() throws {
        var seen: Set<[String]> = []
        for page in Documentation.pages {
            for line in DocumentedLine.all(in: try Documentation.text(page)) where seen.insert(line.words).inserted {
                do {
                    _ = try Failover.parseAsRoot(line.words)
                } catch {
                    // In a sentence it may be the name alone, or an option's.
                    if line.isInSentence, Failover.message(for: error).contains(/Missing (expected argument|value for)/) { continue }
                    Issue.record("\(page): \(line.text)\n\(Failover.message(for: error))")
                }
            }
        }
        #expect(seen.count > 80)
    }

    @Test func linesAreFound() throws {
        let readme = DocumentedLine.all(in: try Documentation.text("README.md"))
        #expect(readme.contains { $0.words == ["cutover", "--config", "mm2.properties", "--dry-run"] })
        #expect(readme.contains { $0.isInSentence && $0.words == ["resume", "RUN"] })
        let line = DocumentedLine.all(in: "    failover a --set 'b=\"c d\"' [--e f] \\\n      g|h '${i}' > j   # k\n").map(\.words)
        #expect(line == [["a", "--set", "b=\"c d\"", "--e", "f", "g", "${i}"]])
    }
}
