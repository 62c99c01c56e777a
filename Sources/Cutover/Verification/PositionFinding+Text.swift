extension PositionFinding.Mismatch: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noCopyNearby: "none of the records around the source's position has a copy around this one"
        case .belowTargetLogStart(let start):
            "the log starts at \(start), so the consumers' auto.offset.reset decides, and 'latest' skips all that is there"
        case .beyondTargetLogEnd(let end):
            "the log ends at \(end), so the consumers' auto.offset.reset decides, and 'latest' skips what comes until they ask"
        }
    }
}

extension PositionFinding.Obstacle: CustomStringConvertible {
    public var description: String {
        switch self {
        case .sourceLost: "the source can't be asked, and only its records tell"
        case .noCommit: "the group has no commit here, so its consumers start by their auto.offset.reset"
        case .sourceMissing: "the source has no such partition"
        case .targetMissing: "the target has no such partition"
        case .expiredOnSource(let start): "the source has deleted the records at its position (its log starts at \(start))"
        case .beyondSourceLogEnd(let end): "the source's log ends at \(end), below its position: truncated or re-created"
        case .noRecords: "no records to compare"
        case .stopped(let why): why
        }
    }
}
