/// What a key of a connector's configuration is, by `MirrorConnectorConfig`.
///
/// In `mm2.properties`, what follows `A->B.` is such a key.
enum ConnectorKey {
    case mirror(MirrorKey, deprecated: Bool)
    /// For the clients of one cluster or of both.
    case client
    /// Good Connect configuration without effect here; the text says why.
    case connect(String)
    /// A client property where it reaches no client.
    case misplacedClient
    case unknown

    init(_ name: String) {
        if let key = MirrorKey(written: name) {
            self = .mirror(key, deprecated: MirrorKey(rawValue: name) == nil)
        } else if let reason = ConnectNames.reason(name) {
            self = .connect(reason)
        } else if Self.clientPrefixes.contains(where: name.hasPrefix) {
            self = .client
        } else if ClientNames.all.contains(name) {
            self = .misplacedClient
        } else {
            self = .unknown
        }
    }

    static let clientPrefixes =
        ["source.cluster.", "target.cluster."]
        + ClientRole.allCases.flatMap { ["source.\($0.prefix)", "target.\($0.prefix)", $0.prefix] }

    /// Every name that may be meant by an unknown one.
    static let suggestions: [String] =
        MirrorKey.allCases.map(\.rawValue) + ConnectNames.names.sorted()
        + ["source.cluster.", "target.cluster."].flatMap { prefix in
            ClientNames.shared.sorted().map { prefix + $0 }
        }
}

/// The kinds of client that MirrorMaker configures apart.
enum ClientRole: String, CaseIterable {
    case consumer, producer, admin

    var prefix: String { rawValue + "." }
}
