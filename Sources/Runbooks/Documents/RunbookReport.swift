internal import Cutover

/// What a run did, for whoever has to answer for it. As JSON it is what `docs/json.md` says; members without a value are missing.
///
/// It says no more than the journal and the runbook's text: what they do not tell is said to be unknown.
public struct RunbookReport: Encodable, Sendable {
    public let formatVersion = 1
    public let run: String
    let runbook: Source
    let parameters: [ParameterValue]
    let begun: String
    /// The time of the journal's last line.
    let latest: String
    /// Missing: the journal has no end. It is under way, or was killed.
    public let ending: RunbookEnding?
    /// The step at which it did not go on, of one that was stopped, declined, or rolled back in part.
    let stoppedAt: String?
    /// Seconds from the first line to the last.
    let seconds: Double?
    /// Who began it, and who went on.
    let parts: [Part]
    let rolledBackSince: String?
    let steps: [StepReport]
    let approvals: [ApprovalReport]
    let recovery: RecoveryReport?
    let timeline: [Event]
    let journal: JournalReport

    struct Source: Encodable {
        var title: String
        var purpose: String
        var owner: String
        var path: String
        /// Of its text, as it was when the run began.
        var sha256: String
    }

    struct ParameterValue: Encodable {
        var name: String
        var type: String
        /// Of a secret where it is.
        var value: Value?
        /// For people.
        let shown: Prose

        private enum CodingKeys: CodingKey { case name, type, value }
    }

    struct Part: Encodable {
        var by: Operator
        var time: String
        /// The step that was gone back to.
        var from: String?
        var ending: RunbookEnding?
        var ended: String?
    }

    struct StepReport: Encodable {
        /// From 1.
        var number: Int
        var id: String
        var title: String
        var kind: String
        var state: State
        var targetSeconds: Double?
        var attempts: [AttemptReport]
        /// What undoes it.
        var compensation: Compensation?

        struct Compensation: Encodable {
            var title: String
            var state: State
            var attempts: [AttemptReport]
        }

        /// Where it stands. Raw values are stable.
        enum State: String, Encodable { case done, failed, skipped, noEnd, notBegun }
    }

    struct AttemptReport: Encodable {
        /// From 1.
        var number: Int
        var started: String
        var ended: String?
        /// Missing: the journal has no end of it.
        var outcome: StepOutcome?
        /// Somebody has gone back to a step before it since.
        var isSuperseded: Bool
        /// It was begun; else it was only found that it is not to be done.
        var wasStarted: Bool
        var question: String?
        var answers: [Answer]
        var message: String?
        var seconds: Double?
        var isWithinTarget: Bool?
        var command: [String]?
        /// The run of a cutover that it made, or was about to.
        var cutover: String?
        var found: [String: Value]
        var evidence: [Evidence]

        struct Answer: Encodable {
            var answer: String
            var by: String
            var time: String
            var isBeforehand: Bool
        }
    }

    struct ApprovalReport: Encodable {
        var step: String
        var attempt: Int
        var question: String
        var isApproved: Bool
        var by: String
        var time: String
        var isBeforehand: Bool
        var needsFourEyes: Bool
        var isSuperseded: Bool
    }

    struct RecoveryReport: Encodable {
        /// Missing: since the run began.
        var from: String?
        var to: String
        var start: String?
        var end: String?
        var seconds: Double?
        var targetSeconds: Double?
        var isWithinTarget: Bool?
        /// Why there is no time.
        var problem: String?
        var lost: Loss?

        struct Loss: Encodable {
            var expression: String
            var records: Double?
            var target: Int?
            var isWithinTarget: Bool?
            /// What is not known, so that the records are not.
            var unknown: [String]
        }
    }

    struct Event: Encodable {
        var time: String
        var elapsedSeconds: Double?
        var step: String?
        /// For people.
        var text: String
    }

    struct JournalReport: Encodable {
        var lines: Int
        var isChainIntact: Bool
    }
}
