/// What a sandbox can be told to do, as people and runbooks do it to real estates.
public enum SandboxOrder: Sendable, Hashable {
    case start(SandboxPart)
    case stop(SandboxPart)
    /// The mirror east -> west, from where a file of `failover failback plan --starts` says.
    case startMirrorHome(String)
    case sourceDown
    case sourceUp
    /// Records on east, over its partitions, as its applications would write them.
    case produce(Int)

    /// - Parameter words: A verb of ``verbs``, and what it takes.
    /// - Throws: ``DemoError`` that lists the verbs.
    public init(_ words: [String]) throws {
        switch (words.first ?? "", words.count) {
        case ("source-down", 1): self = .sourceDown
        case ("source-up", 1): self = .sourceUp
        case ("start-mirror-home", 2): self = .startMirrorHome(words[1])
        case ("produce", 2):
            guard let count = Int(words[1]), (1...10_000).contains(count) else { throw DemoError("'produce' takes how many records: 1 to 10000") }
            self = .produce(count)
        case (let verb, 1):
            let part = SandboxPart.allCases.first { verb == "start-\($0.rawValue)" || verb == "stop-\($0.rawValue)" }
            guard let part, verb != "start-mirror-home" else { throw Self.unknown(words) }
            self = verb.hasPrefix("start-") ? .start(part) : .stop(part)
        default: throw Self.unknown(words)
        }
    }

    /// What to send, to be read by ``init(_:)``.
    public var words: [String] {
        switch self {
        case .start(let part): ["start-\(part.rawValue)"]
        case .stop(let part): ["stop-\(part.rawValue)"]
        case .startMirrorHome(let file): ["start-mirror-home", file]
        case .sourceDown: ["source-down"]
        case .sourceUp: ["source-up"]
        case .produce(let count): ["produce", "\(count)"]
        }
    }

    private static func unknown(_ words: [String]) -> DemoError {
        DemoError("a sandbox can't be told '\(words.joined(separator: " "))'. It knows:\n" + verbs.map { "  \($0): \($1)" }.joined(separator: "\n"))
    }

    /// With what they do.
    public static let verbs: [(verb: String, meaning: String)] = [
        ("stop-producers, start-producers", "what writes to west; it stops when all that it has written is acknowledged"),
        ("stop-consumers, start-consumers", "the groups on west; they finish their batch, commit and leave"),
        ("stop-mirror, start-mirror", "west -> east; it stops when what it has read is acknowledged"),
        ("start-consumers-on-target, stop-consumers-on-target", "the groups go on reading on east"),
        ("start-producers-on-target, stop-producers-on-target", "what writes to east from then on"),
        ("start-mirror-home FILE, stop-mirror-home", "east -> west, from where 'failover failback plan --starts FILE' says"),
        ("source-down, source-up", "all of west's brokers"),
        ("produce N", "N records on east, so that a failback has something to bring home"),
    ]
}

/// What goes on in a sandbox until it is told to stop.
public enum SandboxPart: String, Sendable, Hashable, CaseIterable {
    case producers
    case consumers
    case mirror
    case producersOnTarget = "producers-on-target"
    case consumersOnTarget = "consumers-on-target"
    case mirrorHome = "mirror-home"

    var name: String {
        switch self {
        case .producers: "the producers on west"
        case .consumers: "the groups on west"
        case .mirror: "the mirror west -> east"
        case .producersOnTarget: "the producers on east"
        case .consumersOnTarget: "the groups on east"
        case .mirrorHome: "the mirror east -> west"
        }
    }

    /// What can't go on at the same time: a group reads in one place, and with names kept two mirrors would send records round and round.
    var opposite: SandboxPart? {
        switch self {
        case .consumers: .consumersOnTarget
        case .consumersOnTarget: .consumers
        case .mirror: .mirrorHome
        case .mirrorHome: .mirror
        case .producers, .producersOnTarget: nil
        }
    }
}
