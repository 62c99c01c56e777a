import ArgumentParser
import Cutover
import KafkaClient
import OffsetTranslate

/// Which flow, and how its clusters are reached: MM2's own configuration, or plain flags.
struct FlowOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: ArgumentHelp("mm2.properties, or a connector's JSON; several connectors of one flow may be given.", valueName: "file"), completion: .file())
    var config: [String] = []

    @Option(help: ArgumentHelp("Which flow of the configuration, such as 'us-west->us-east'.", valueName: "A->B"))
    var flow: String?

    @Option(help: ArgumentHelp("The source's bootstrap servers, instead of --config.", valueName: "host:port,..."))
    var source: String?
    @Option(help: ArgumentHelp("The target's bootstrap servers.", valueName: "host:port,..."))
    var target: String?
    @Option(help: "The source's alias.") var sourceAlias = "source"
    @Option(help: "The target's alias.") var targetAlias = "target"
    @Option(help: "How mirrored topics are named: default (ALIAS.topic), identity, or MM2's Java class name.")
    var policy = "default"
    @Option(name: .customLong("set"), help: ArgumentHelp(
        "Any key of the configuration, such as offset-syncs.topic.location=target or source.cluster.security.protocol=SSL. Secrets as ${file:PATH:KEY} or ${env:NAME}. Repeatable.",
        valueName: "key=value"))
    var settings: [String] = []

    @Option(help: ArgumentHelp("Seconds that any request may take.", valueName: "seconds")) var timeout = 10
    @Flag(name: .shortAndLong, help: "Show notes on the configuration, and the Kafka client's own log, on stderr.") var verbose = false

    func validate() throws {
        guard (1...3600).contains(timeout) else { throw ValidationError("--timeout takes 1 to 3600 seconds.") }
        if !config.isEmpty, source != nil || target != nil {
            throw ValidationError("--config names the clusters already; leave out --source and --target.")
        }
        for setting in settings {
            guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                throw ValidationError("--set takes key=value, not '\(setting)'.")
            }
            let key = String(setting[..<equals]), value = setting[setting.index(after: equals)...]
            // What is on a command line is in the process list and the shell's history.
            if ClientProperties.isSecret(key), !value.hasPrefix("${") {
                throw ValidationError("--set \(key): a secret does not belong on the command line; use \(key)=${file:PATH:KEY} or ${env:NAME}, or --config.")
            }
        }
    }

    var namesNoCluster: Bool { config.isEmpty && source == nil && target == nil }

    /// The flow as configured, with its warnings said.
    func load() throws -> FlowConfiguration {
        let (configuration, warnings) = try read()
        for warning in warnings { Console.warn(warning.description) }
        return configuration
    }

    /// The flow as configured, and what is to be said of it.
    func read() throws -> (FlowConfiguration, [ConfigurationWarning]) {
        // Not everything needs clusters, so this is said where they are.
        if config.isEmpty, source == nil || target == nil {
            throw ValidationError("Say which clusters: --config FILE, or --source HOST:PORT and --target HOST:PORT.")
        }
        let overrides = Dictionary(settings.map { setting in
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }) { $1 }
        if let source, let target {
            var warnings: [ConfigurationWarning] = []
            let configuration = try FlowConfiguration(
                sourceBootstrap: source, targetBootstrap: target, sourceAlias: sourceAlias, targetAlias: targetAlias,
                policy: policy, settings: overrides, warnings: &warnings)
            return (configuration, warnings.filter(isTold))
        }
        let chosen = try chosenFlow(), (configuration, warnings) = try ConfigurationFile.load(paths: config, flow: chosen, overrides: overrides)
        return (configuration, warnings.filter(isTold))
    }

    /// Notes only where they are asked for.
    private func isTold(_ warning: ConfigurationWarning) -> Bool { verbose || warning.severity == .warning }

    private func chosenFlow() throws -> (source: String, target: String)? {
        guard let flow else { return nil }
        let parts = flow.split(separator: "->", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts.contains("") else { throw ValidationError("--flow takes SOURCE->TARGET, not '\(flow)'.") }
        return (parts[0], parts[1])
    }

    func open(_ cluster: ClusterConfiguration) throws -> LibrdkafkaCluster {
        let log: ClientLog = { cluster, _, facility, text in Console.say("[\(cluster)] \(facility): \(text)") }
        return try LibrdkafkaCluster(
            name: cluster.alias, properties: cluster.client, consumer: cluster.consumer, producer: cluster.producer,
            timeout: .seconds(timeout), removal: GroupOffsetRemoval.inChildProcess, log: verbose ? log : nil)
    }

    /// The source if it answers; `nil` if it is lost.
    func openIfAnswering(_ cluster: ClusterConfiguration) async throws -> LibrdkafkaCluster? {
        let source = try open(cluster)
        do {
            _ = try await source.clusterID()
            return source
        } catch let error as KafkaError where error.meansAway {
            Console.warn(sourceAway(error))
            return nil
        }
    }
}
