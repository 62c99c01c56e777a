public import ArgumentParser
public import Inspection
import KafkaClient
import OffsetTranslate
import Runbooks

/// What the principals of both sides may do.
struct PermissionOptions: ParsableArguments {
    @Flag(help: "Instead, try what the principals of both sides may do, without changing anything.") var permissions = false
    @Option(name: .customLong("for"), parsing: .singleValue, help: ArgumentHelp("With --permissions: what they are to be enough for. Repeatable.", valueName: "job"))
    var jobs: [Job] = []
    @Option(help: ArgumentHelp("With --permissions: a group to try besides those that are shown. Repeatable.", valueName: "name")) var group: [String] = []
    @Option(help: ArgumentHelp("With --permissions --output acls: whom the commands are for, such as User:failover. Asks no cluster.", valueName: "principal"))
    var principal: String?

    func validate() throws {
        if !permissions, !jobs.isEmpty || !group.isEmpty || principal != nil { throw ValidationError("--for, --group and --principal go with --permissions.") }
    }

    /// As given, or those that a failover takes.
    var wanted: [Job] { jobs.isEmpty ? [.look, .verify, .cutover] : jobs }
}

extension Job: ExpressibleByArgument {}

extension StatusCommand {
    func tryPermissions() async throws {
        let configuration = try flow.load()
        if output == .acls { return try printGrants(configuration) }
        let inspector = try await positions.inspector(flow, configuration).answering()
        let checks = try await inspector.permissions(
            for: access.wanted, groups: access.group,
            principals: [.source: configuration.source, .target: configuration.target].compactMapValues(\.principal))
        switch output {
        case .json: try Console.json(PermissionsDocument(checks, configuration))
        case .text, .acls: Console.data(PermissionsView(checks: checks, configuration: configuration).text)
        }
        try failOn.admit(checks.lazy.map(\.status).worst)
    }

    private func printGrants(_ configuration: FlowConfiguration) throws {
        guard let principal = access.principal else { throw ValidationError("Say whom the commands are for: --principal User:NAME.") }
        let flow = try ReplicationFlow(configuration)
        for side in ClusterSide.allCases {
            let cluster = configuration[side]
            let commands = PermissionCheck.grants(of: access.wanted, on: side, to: principal, flow, configuration)
            guard !commands.isEmpty else { continue }
            Console.data("# On '\(cluster.alias)', for: \(access.wanted.map(\.rawValue).joined(separator: ", "))")
            for words in commands {
                let address = ["kafka-acls", "--bootstrap-server", cluster.client["bootstrap.servers"] ?? "", "--command-config", "\(cluster.alias)-admin.properties"]
                Console.data((address + words).map(\.quotedForShell).joined(separator: " "))
            }
        }
    }
}

extension ClusterConfiguration {
    /// As brokers know it, unless they map names (`sasl.kerberos.principal.to.local.rules`, a principal builder of their own); `nil` where
    /// that takes reading a certificate.
    var principal: String? {
        if client.usesSASL { return client["sasl.username"].map { "User:\($0)" } }
        return client.usesTLS ? nil : "User:ANONYMOUS"
    }
}
