import ArgumentParser
import Cutover
import OffsetTranslate

/// What `failover verify --audit` compares.
struct AuditOptions: ParsableArguments {
    @Option(name: .customLong("topic"), help: ArgumentHelp("A topic of the source. Repeatable; without it, all that are mirrored.", valueName: "name"))
    var topics: [String] = []
    @Option(help: ArgumentHelp("Of each partition's source log, begin at this offset.", valueName: "offset")) var from: Int64?
    @Option(help: ArgumentHelp("End before this offset.", valueName: "offset")) var to: Int64?
    @Option(help: ArgumentHelp("Compare only as many offsets before both logs' ends.", valueName: "records")) var last: Int64?
    @Option(help: ArgumentHelp("By how many records one may have been moved, or the mirror gone back, and be recognised; a few hundred bytes of memory each. (default: 200000)", valueName: "records"))
    var window: Int?
    @Option(help: ArgumentHelp("MiB of records that may be read.", valueName: "MiB")) var auditLimit: Int?

    /// The first option that was given.
    var given: String? {
        if !topics.isEmpty { return "--topic" }
        return [("--from", from != nil), ("--to", to != nil), ("--last", last != nil), ("--window", window != nil), ("--audit-limit", auditLimit != nil)]
            .first { $0.1 }?.0
    }

    func validate() throws {
        guard last == nil || (from == nil && to == nil) else { throw ValidationError("--last, or --from and --to: not both.") }
        guard last ?? 1 > 0 else { throw ValidationError("--last takes at least 1.") }
        guard from ?? 0 >= 0, to ?? 0 >= 0 else { throw ValidationError("--from and --to are offsets: not below 0.") }
        guard from ?? 0 <= to ?? .max else { throw ValidationError("--from lies above --to.") }
        guard (1...10_000_000).contains(window ?? 1) else { throw ValidationError("--window takes 1 to 10000000 records.") }
        guard (1...(1 << 40)).contains(auditLimit ?? 1) else { throw ValidationError("--audit-limit takes 1 MiB or more.") }
    }

    var stretch: LogAuditor.Stretch {
        if let last { return .last(last) }
        return from == nil && to == nil ? .all : .source(from: from, to: to)
    }

    var limits: RecordProof.Limits {
        // Whole logs take as long as they take; each read has its deadline.
        RecordProof.Limits(bytes: auditLimit.map { $0 << 20 } ?? .max, records: .max, time: .seconds(Int32.max))
    }
}
