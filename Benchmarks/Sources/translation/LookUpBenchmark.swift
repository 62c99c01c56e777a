import ArgumentParser

/// Look-ups alone.
struct LookUpBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lookups", abstract: "Looks positions up. No broker.")

    @OptionGroup var options: ReportOptions

    @OptionGroup var logs: LogOptions

    func run() throws {
        var report = Report(json: options.json)
        report.heading("stock")
        for shape in SyncLog.Shape.allCases {
            let log = try SyncLog(shape, syncs: logs.syncs, partitions: logs.partitions)
            LookUps(log, logs.lookups).measure(try log.map(), try log.stock(), shape, rounds: options.rounds, &report)
        }
        try report.finish()
    }
}
