public import KafkaClient

/// One thing that has to hold before a cutover may go on, what was found, and which flag goes on regardless.
public struct Check: Sendable, Hashable, Codable {
    /// Raw values are stable. In the order in which people are told.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Members would go on reading on both sides. Brokers refuse a commit into such a group.
        case groupActiveOnTarget
        /// Its consumers would go on committing on the source while it is moved. Switchover and failback.
        case groupActiveOnSource
        /// Records that are written from now on are missing on the target, or come after those that are written there.
        /// Switchover and failback.
        case sourceTakesWrites
        /// Records are on the source that the mirror has not copied yet. Switchover and failback.
        case mirrorBehind
        /// Keys may be spread differently on the two sides. Switchover only.
        case partitionCountMismatch
        /// The group's commit on the target is ahead of the planned one: it has read on there, or was moved there wrongly.
        case rewind
        /// A partition that the group reads on the source has no position on the target; its consumers would start there
        /// by their `auto.offset.reset`.
        case positionUnknown
    }

    public enum Status: String, Sendable, Hashable, Codable {
        case passed, failed
        /// The brokers can't tell. Not a reason to refuse by itself.
        case unknown
    }

    public struct Finding: Sendable, Hashable, Codable, CustomStringConvertible {
        /// `nil`: it concerns all groups.
        public var group: String?
        public var partition: TopicPartition?
        public var detail: String

        public init(group: String? = nil, partition: TopicPartition? = nil, detail: String) {
            self.group = group
            self.partition = partition
            self.detail = detail
        }

        /// `group 'billing', orders-0: stands at 7`.
        public var description: String {
            let place = [group.map { "group '\($0)'" }, partition?.description].compactMap { $0 }.joined(separator: ", ")
            return place.isEmpty ? detail : "\(place): \(detail)"
        }
    }

    public var kind: Kind
    public var status: Status
    /// What was looked at, in a sentence.
    public var evidence: String
    /// What is wrong, where something is.
    public var findings: [Finding]

    /// Failed if there is a finding.
    public init(_ kind: Kind, evidence: String, findings: [Finding] = []) {
        self.kind = kind
        self.status = findings.isEmpty ? .passed : .failed
        self.evidence = evidence
        self.findings = findings
    }

    /// One that can't be made.
    public init(_ kind: Kind, unknown evidence: String) {
        self.kind = kind
        self.status = .unknown
        self.evidence = evidence
        self.findings = []
    }

    func restricted(to groups: Set<String>) -> Check {
        var check = self
        check.findings = findings.filter { $0.group.map(groups.contains) ?? true }
        if check.findings.isEmpty, status == .failed { check.status = .passed }
        return check
    }
}

extension Check.Kind {
    /// What is done all the same under ``flag``.
    public var hazard: String {
        switch self {
        case .groupActiveOnTarget: "leaves these groups out, wholly: the brokers refuse to move them"
        case .groupActiveOnSource: "moves them while they read on the source: what they commit there from now on is read again"
        case .sourceTakesWrites: "moves groups while records are still written to the source: they come late, or never"
        case .mirrorBehind: "moves groups before everything is copied: what is missing comes late, or never"
        case .partitionCountMismatch: "moves groups between topics of different partition counts"
        case .rewind: "moves these commits back: what the group has read on the target is read again"
        case .positionUnknown: "leaves these partitions without a position: consumers start by their auto.offset.reset, and 'latest' skips"
        }
    }

    /// The command's flag for it.
    public var flag: String {
        switch self {
        case .groupActiveOnTarget: "--leave-out-active"
        case .groupActiveOnSource: "--allow-active-on-source"
        case .sourceTakesWrites: "--allow-source-writes"
        case .mirrorBehind: "--allow-undrained"
        case .partitionCountMismatch: "--allow-partition-mismatch"
        case .rewind: "--allow-rewind"
        case .positionUnknown: "--allow-untranslated"
        }
    }
}
