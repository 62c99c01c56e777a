public import KafkaClient

/// What goes wrong at a request.
public struct Fault: Hashable, Sendable, CustomStringConvertible {
    public enum Moment: String, Sendable, CaseIterable {
        /// The brokers never act on the request.
        case before
        /// The brokers act; their reply is lost.
        case after
    }

    public var moment: Moment
    public var code: KafkaError.Code

    public init(_ moment: Moment, _ code: KafkaError.Code = .timedOut) {
        self.moment = moment
        self.code = code
    }

    public var description: String { "\(code) \(moment) acting" }
}

/// When a fault happens: at the n-th request that matches what is named here.
public struct Trigger: Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1, from when the fault is scripted.
    public var nth: Int
    public var kind: Request.Kind?
    public var group: String?

    public init(_ nth: Int, _ kind: Request.Kind? = nil, of group: String? = nil) {
        self.nth = nth
        self.kind = kind
        self.group = group
    }

    func matches(_ request: Request) -> Bool { kind ?? request.kind == request.kind && (group == nil || group == request.group) }

    public var description: String { "request \(nth)\(kind.map { " (\($0.rawValue))" } ?? "")\(group.map { " of '\($0)'" } ?? "")" }
}

/// Faults still to come.
struct FaultScript: Sendable {
    private struct Line: Sendable {
        var trigger: Trigger
        var fault: Fault
        var seen = 0
    }
    private var lines: [Line] = []

    mutating func add(_ trigger: Trigger, _ fault: Fault) { lines.append(Line(trigger: trigger, fault: fault)) }

    /// The fault of this request, if it is its turn.
    mutating func next(_ request: Request) -> Fault? {
        var due: Fault?
        for index in lines.indices where lines[index].trigger.matches(request) {
            lines[index].seen += 1
            if lines[index].seen == lines[index].trigger.nth { due = due ?? lines[index].fault }
        }
        return due
    }
}
