/// Serves a board's status over HTTP: metrics, health, JSON, and a page for people. docs/monitoring.md describes it all.
public struct StatusServer: Sendable {
    private let board: StatusBoard
    private let listener: HTTPListener

    /// Listens at once, so that a port in use is known before anything else happens.
    /// - Throws: ``ListenError``.
    public init(_ board: StatusBoard, at address: ListenAddress) throws {
        try self.init(board, at: address, limits: HTTPLimits())
    }

    init(_ board: StatusBoard, at address: ListenAddress, limits: HTTPLimits) throws {
        self.board = board
        listener = try HTTPListener(address, limits: limits)
    }

    /// Where it listens, with the port that the system chose.
    public var address: ListenAddress { listener.address }

    /// Looks at the flow and answers, until it is cancelled.
    public func run() async throws {
        let router = Router(board, hosts: HostRule(address))
        async let looking: Void = board.run()
        try await listener.run { router.answer($0) }
        await looking
    }
}
