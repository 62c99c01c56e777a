import Foundation
import InMemoryKafka
@testable import Inspection
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// What jobs take, and what is tried of it.
@Suite struct PermissionTests {
    private func watched() throws -> Watched {
        let estate = Estate(DefaultReplicationPolicy(), syncsOn: .target)
        estate.west.update { $0.topics["orders"] = [InMemoryLog()]; $0.topics["new"] = [InMemoryLog()] }
        estate.east.update { $0.topics["west.orders"] = [InMemoryLog()]; $0.topics["mine"] = [InMemoryLog()] }
        estate.commitOnSource("billing", place("orders"), 0)
        var watched = Watched(estate)
        watched.configuration.topics = try NameFilter(include: ["orders", "new"])
        return watched
    }

    private func checks(_ watched: Watched, _ jobs: [Job], groups: [String] = [], as principal: String? = "User:op") async throws -> [PermissionCheck] {
        try await watched.inspector.permissions(
            for: jobs, groups: groups, principals: principal.map { [.source: $0, .target: $0] } ?? [:])
    }

    private func check(_ checks: [PermissionCheck], _ side: ClusterSide, _ operation: AccessRule.Operation, _ resource: Privilege.Resource) throws -> PermissionCheck {
        try #require(checks.first { $0.privilege.side == side && $0.privilege.operation == operation && $0.privilege.resource == resource })
    }

    @Test func everythingIsTriedOnWhatIsThere() async throws {
        let checks = try await checks(try watched(), [.cutover, .mirror], groups: ["named"])
        #expect(try check(checks, .source, .read, .originals).granted.map(\.name) == ["new", "orders"])
        #expect(try check(checks, .target, .describe, .copies).granted.map(\.name) == ["west.orders"])
        // What a mirror has to create is what is missing.
        #expect(try check(checks, .target, .create, .copies).granted.map(\.name) == ["west.new"])
        #expect(try check(checks, .source, .describe, .groups).granted.map(\.name) == ["billing", "named"])
        #expect(try check(checks, .target, .read, .group("failover-mirror.west.east")).status == .pass)
        // The same right for two jobs is one check, and needed where one of them needs it.
        let reading = try check(checks, .source, .read, .originals)
        #expect(reading.jobs == [.cutover, .mirror] && reading.privilege.without == nil)
        #expect(Set(checks.map { "\($0.privilege.side) \($0.privilege.operation) \($0.privilege.resource)" }).count == checks.count)
    }

    @Test func nothingIsChanged() async throws {
        let watched = try watched(), before = (watched.estate.west.contents, watched.estate.east.contents)
        _ = try await checks(watched, Job.allCases)
        #expect(watched.estate.west.contents == before.0 && watched.estate.east.contents == before.1)
    }

    @Test func aRefusalFailsWhatCannotBeDoneWithout() async throws {
        let watched = try watched()
        watched.estate.east.update {
            $0.accessAnswers[AccessTrial(.read, on: .group, named: "billing")] = .refused
            $0.accessAnswers[AccessTrial(.delete, on: .group, named: "billing")] = .refused
        }
        let checks = try await checks(watched, [.cutover], groups: ["billing"])
        let commits = try check(checks, .target, .read, .groups), rollback = try check(checks, .target, .delete, .groups)
        #expect(commits.status == .fail && commits.refused.map(\.name) == ["billing"])
        #expect(rollback.status == .warn && rollback.privilege.without?.contains("stays where it was moved to") == true)
    }

    /// Who may see no topic is told so, and not that there is nothing to worry about.
    @Test func nothingSeenIsNoPass() async throws {
        var watched = try watched()
        watched.configuration.topics = try NameFilter(include: ["elsewhere"])
        #expect(try check(try await checks(watched, [.look]), .source, .describe, .originals).status == .fail)
    }

    @Test func withoutTheSourceTheTargetIsTriedAlone() async throws {
        var watched = try watched()
        watched.sourceLost = true
        let checks = try await checks(watched, [.look])
        #expect(try check(checks, .target, .describe, .copies).granted.map(\.name) == ["west.orders"])
        let originals = try check(checks, .source, .describe, .originals)
        #expect(originals.granted.isEmpty && originals.reasons == ["it is not asked"])
    }

    // MARK: Writing, by the rules that are shown

    private func writing(_ rules: [AccessRule], as principal: String? = "User:op") async throws -> ReadinessCheck.Status {
        let watched = try watched()
        watched.estate.east.update { $0.accessRules = Set(rules) }
        return try check(try await checks(watched, [.mirror], as: principal), .target, .write, .copies).status
    }

    @Test func rulesDecideWhatCannotBeTried() async throws {
        func rule(_ permission: AccessRule.Permission = .allow, _ operation: AccessRule.Operation = .write, _ name: String = "west.orders", _ pattern: AccessRule.PatternType = .literal, to principal: String = "User:op", from host: String = "*") -> AccessRule {
            AccessRule(permission, operation, on: .topic, named: name, patternType: pattern, to: principal, from: host)
        }
        #expect(try await writing([]) == .unknown)
        #expect(try await writing([rule()]) == .pass)
        #expect(try await writing([rule(.allow, .all, "west.", .prefixed, to: "User:*")]) == .pass)
        #expect(try await writing([rule(), rule(.deny)]) == .fail)
        // Others' rules, other topics, other hosts and other operations say nothing.
        for other in [rule(to: "User:x"), rule(.allow, .write, "west.x"), rule(from: "10.0.0.1"), rule(.allow, .read)] { #expect(try await writing([other]) == .unknown) }
        #expect(try await writing([rule(), rule(.deny, from: "10.0.0.1")]) == .unknown)
        #expect(try await writing([rule()], as: nil) == .unknown)
    }

    @Test func withoutAnAuthorizerAllIsAllowed() async throws {
        let watched = try watched()
        watched.estate.east.update { $0.hasNoAuthorizer = true }
        #expect(try check(try await checks(watched, [.mirror]), .target, .write, .copies).status == .pass)
    }

    // MARK: Commands

    private func grants(_ job: Job, _ side: ClusterSide, topics: [String], policy: any ReplicationPolicy = DefaultReplicationPolicy()) throws -> [String] {
        var configuration = try watched().configuration
        configuration.topics = try NameFilter(include: topics)
        configuration.groups = try NameFilter(include: ["app\\..*"])
        let flow = ReplicationFlow(from: "west", to: "east", policy: policy)
        return PermissionCheck.grants(of: [job], on: side, to: "User:op", flow, configuration).map { $0.dropFirst(3).joined(separator: " ") }
    }

    @Test func filtersBecomeNamesAndBeginnings() throws {
        let source = try grants(.verify, .source, topics: ["orders", "pay.*"])
        #expect(source.contains("--operation Read --topic orders") && source.contains("--operation Read --topic pay --resource-pattern-type prefixed"))
        #expect(source.contains("--operation Describe --group app. --resource-pattern-type prefixed"))
        #expect(source.contains("--operation DescribeConfigs --topic orders") && source.contains("--operation Describe --cluster"))
        let target = try grants(.verify, .target, topics: ["orders", "pay.*"])
        #expect(target.contains("--operation Read --topic west.orders") && target.contains("--operation Read --topic west.pay --resource-pattern-type prefixed"))
    }

    /// What rules can't say is all names, or all copies.
    @Test func otherExpressionsAreAllNames() throws {
        #expect(try grants(.verify, .source, topics: ["orders", "a|b"]).contains("--operation Read --topic *"))
        #expect(try grants(.verify, .target, topics: [".*"]).contains("--operation Read --topic west. --resource-pattern-type prefixed"))
        #expect(try grants(.verify, .target, topics: [".*"], policy: IdentityReplicationPolicy()).contains("--operation Read --topic *"))
    }

    // MARK: The table

    /// docs/security.md has this table; `FAILOVER_WRITE_PRIVILEGES=1` writes it.
    @Test func theDocumentedTableIsTheCodes() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/security.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- privileges -->\n")), end = try #require(text.range(of: "<!-- end -->"))
        let table = PrivilegeTable.markdown
        if ProcessInfo.processInfo.environment["FAILOVER_WRITE_PRIVILEGES"] == "1" {
            try (text[..<begin.upperBound] + table + text[end.lowerBound...]).write(to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(String(text[begin.upperBound..<end.lowerBound]) == table, "FAILOVER_WRITE_PRIVILEGES=1 writes it anew")
        }
    }
}

/// The rights of each job in the flow us-west->us-east, with everything switched on.
private enum PrivilegeTable {
    static var markdown: String {
        var configuration = FlowConfiguration(
            source: ClusterConfiguration(alias: "us-west", client: ClientProperties()), target: ClusterConfiguration(alias: "us-east", client: ClientProperties()))
        configuration.syncGroupOffsets.enabled = true
        let flow = ReplicationFlow(from: "us-west", to: "us-east", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
        let lines = Job.allCases.flatMap { job -> [String] in
            let privileges = job.privileges(flow, configuration).filter { job == .look || !Job.look.privileges(flow, configuration).contains($0) }
            return ["", "### \(job.rawValue)", "", "| cluster | right | on | for | without it |", "|---|---|---|---|---|"] + privileges.map(row)
        }
        return lines.dropFirst().joined(separator: "\n") + "\n"
    }

    private static func row(_ privilege: Privilege) -> String {
        let resource = privilege.resource.words.replacing("'", with: "`")
        return "| \(privilege.side.rawValue) | `\(privilege.operation.rawValue)` | \(resource) | \(privilege.purpose) | \(privilege.without ?? "**it can't be done**") |"
    }
}
