public import Cutover
internal import Foundation

/// What a runbook's journal says: whose run, with what, and how far it came.
public struct RunbookHistory: Sendable {
    /// One time that a step, or what undoes it, was tried.
    public struct Attempt: Sendable {
        public var id: String
        public var undoes: Bool
        public var number: Int
        /// ISO 8601, UTC.
        public var started: String
        public var command: [String]?
        public var child: String?
        public var answers: [Answered] = []
        /// What somebody has said is to become of it, after it had failed.
        public var decision: String?
        /// `nil`: it has no end, so what became of it is not known.
        public var outcome: StepOutcome?
        public var ended: String?
        public var message: String?
        public var found: [String: Value] = [:]
        public var evidence: [Evidence] = []
        public var seconds: Double?
        /// Something of it may have been done.
        public var wasStarted = true
        /// Somebody has gone back to a step before it since, so it does not count any more.
        public var isSuperseded = false
    }

    public struct Answered: Sendable, Hashable {
        public var answer: String
        public var by: String
        public var time: String
        /// It was in a file of answers: nobody was asked.
        public var isBeforehand = false
    }

    /// Somebody who began it, or went on.
    public struct Part: Sendable {
        public var by: Operator
        public var time: String
        /// The step that was gone back to.
        public var from: String?
        /// `nil`: it was killed, or is live.
        public var ending: RunbookEnding?
        public var ended: String?
    }

    public private(set) var id = ""
    public private(set) var text = RunbookText(path: "", text: "")
    public private(set) var parameters: [String: Value] = [:]
    /// In order; several of a step where it was tried again.
    public private(set) var attempts: [Attempt] = []
    public private(set) var parts: [Part] = []
    /// When it went over to undoing; `nil`: it did not.
    public private(set) var rolledBackSince: String?
    public private(set) var lines = 0
    public private(set) var latest = ""

    init() {}

    /// Reads a journal and checks its chain.
    ///
    /// - Throws: ``JournalDamage``, or why the file can't be read.
    public init(journal path: String) throws {
        try Journal.read(path) { (entry: RunbookEntry) throws(JournalDamage) in take(entry) }
        guard !id.isEmpty else { throw JournalDamage(line: 1, problem: "is not the beginning of a runbook's run") }
    }

    public var begun: String { parts.first?.time ?? "" }
    public var by: Operator? { parts.first?.by }
    /// `nil` where it was killed, or is live.
    public var ending: RunbookEnding? { parts.last?.ending }

    mutating func take(_ entry: RunbookEntry) {
        (latest, lines) = (entry.time, entry.line)
        switch entry.step {
        case .begin:
            (id, text, parameters) = (entry.run ?? "", entry.runbook ?? text, entry.parameters ?? [:])
            parts = entry.by.map { [Part(by: $0, time: entry.time)] } ?? []
        case .resume:
            if let by = entry.by { parts.append(Part(by: by, time: entry.time, from: entry.from)) }
            if let from = entry.from { supersede(from: from) }
        case .started:
            guard let id = entry.id else { return }
            attempts.append(Attempt(
                id: id, undoes: entry.undoes ?? false, number: entry.attempt ?? 1, started: entry.time, command: entry.command, child: entry.child))
        case .answered:
            guard let place = attempts.lastIndex(where: { $0.id == entry.id ?? $0.id }) else { return }
            attempts[place].answers.append(Answered(
                answer: entry.answer ?? "", by: entry.answeredBy ?? "", time: entry.time, isBeforehand: entry.beforehand ?? false))
            if attempts[place].outcome != nil { attempts[place].decision = entry.answer }
        case .ended:
            end(entry)
        case .rollback: rolledBackSince = entry.time
        case .end:
            guard !parts.isEmpty else { return }
            (parts[parts.count - 1].ending, parts[parts.count - 1].ended) = (entry.ending, entry.time)
        }
    }

    private mutating func end(_ entry: RunbookEntry) {
        guard let id = entry.id else { return }
        // A step that was skipped was never started.
        if attempts.last.map({ $0.id != id || $0.undoes != entry.undoes ?? false || $0.outcome != nil || $0.isSuperseded }) ?? true {
            attempts.append(Attempt(id: id, undoes: entry.undoes ?? false, number: 1, started: entry.time, wasStarted: false))
        }
        let place = attempts.count - 1
        (attempts[place].outcome, attempts[place].ended, attempts[place].message) = (entry.outcome, entry.time, entry.message)
        (attempts[place].found, attempts[place].evidence, attempts[place].seconds) = (entry.found ?? [:], entry.evidence ?? [], entry.seconds)
    }

    /// Everything since the step's first attempt counts no more.
    private mutating func supersede(from id: String) {
        guard let first = attempts.firstIndex(where: { $0.id == id && !$0.isSuperseded }) else { return }
        for place in attempts[first...].indices { attempts[place].isSuperseded = true }
    }

    // MARK: Where it stands

    /// The latest that counts.
    public func latest(_ id: String, undoes: Bool = false) -> Attempt? {
        attempts.last { $0.id == id && $0.undoes == undoes && !$0.isSuperseded }
    }

    /// What steps have found so far.
    var found: [String: Found] { Self.found(in: attempts.filter { !$0.isSuperseded }) }

    static func found(in attempts: some Sequence<Attempt>) -> [String: Found] {
        attempts.reduce(into: [:]) { found, attempt in
            guard !attempt.undoes, let outcome = attempt.outcome else { return }
            var all = attempt.found
            all["outcome"] = .text(outcome.rawValue)
            all["seconds"] = attempt.seconds.map { .number($0) }
            found[attempt.id] = all
        }
    }

    /// Cutovers that a step has made, or was about to make.
    func children(of id: String) -> [String] { attempts.filter { $0.id == id && !$0.undoes }.compactMap(\.child).eachOnce }
}
