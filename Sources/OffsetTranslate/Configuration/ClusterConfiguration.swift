public import KafkaClient

/// One cluster of a flow: its name and how each kind of client reaches it, in librdkafka's property names.
public struct ClusterConfiguration: Sendable, Equatable, CustomStringConvertible {
    /// The name of the cluster in topic names.
    public var alias: String
    /// For every client: where the cluster is and how to get in.
    public var client: ClientProperties
    /// What consumers have besides or instead. MirrorMaker's own settings are there: `auto.offset.reset=earliest` unless
    /// configured otherwise and, always, `enable.auto.commit=false`.
    ///
    /// Not its isolation level: stock consumers read uncommitted records (Java's default) and copy aborted ones. Ours read
    /// committed records (librdkafka's default) unless configured otherwise.
    public var consumer: ClientProperties
    /// What producers have besides or instead.
    public var producer: ClientProperties
    /// What administrative clients have besides or instead.
    public var admin: ClientProperties

    public init(
        alias: String, client: ClientProperties,
        consumer: ClientProperties = ClusterConfiguration.consumerDefaults,
        producer: ClientProperties = ClientProperties(), admin: ClientProperties = ClientProperties()
    ) {
        self.alias = alias
        self.client = client
        self.consumer = consumer
        self.producer = producer
        self.admin = admin
    }

    /// What MirrorMaker's consumers have if the configuration says nothing.
    public static let consumerDefaults = ClientProperties([
        "auto.offset.reset": "earliest", "enable.auto.commit": "false",
    ])

    /// All a consumer needs.
    public var consumerProperties: ClientProperties { client.merging(consumer) }
    /// All a producer needs.
    public var producerProperties: ClientProperties { client.merging(producer) }
    /// All an administrative client needs.
    public var adminProperties: ClientProperties { client.merging(admin) }

    /// The alias and the properties, secrets replaced.
    public var description: String { "\(alias) (\(client))" }
}
