/// The connectors of MirrorMaker 2. Each reads some of the keys.
enum MirrorConnector: String, CaseIterable, Comparable {
    case source = "MirrorSourceConnector"
    case checkpoint = "MirrorCheckpointConnector"
    case heartbeat = "MirrorHeartbeatConnector"

    /// - Parameter className: a `connector.class`, with or without its package, as Connect accepts it.
    init?(className: String) {
        let name = className.split(separator: ".").last.map(String.init) ?? ""
        guard let known = Self.allCases.first(where: { $0.rawValue == name || $0.rawValue == name + "Connector" }) else {
            return nil
        }
        self = known
    }

    /// Whose word counts where several connectors set a key.
    static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .source: 0
        case .checkpoint: 1
        case .heartbeat: 2
        }
    }
}
