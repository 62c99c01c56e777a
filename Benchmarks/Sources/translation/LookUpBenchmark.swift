import ArgumentParser

/// Look-ups alone.
struct LookUpBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lookups", abstract: "Looks positions up. No broker.")

    @OptionGroup var options: ReportOptions

    @Option(help: "Offset syncs in each log.")
    var syncs = 5_000_000

    @Option(help: "Source partitions that they are of.")
    var partitions = 1_000

    @Option(help: "Look-ups in each round.")
    var lookups = 2_000_000

    func run() throws {
        var report = Report(json: options.json)
        report.heading("stock")
        for shape in SyncLog.Shape.allCases {
            let log = try SyncLog(shape, syncs: syncs, partitions: partitions)
            LookUps(log, lookups).measure(try log.map(), try log.stock(), shape, rounds: options.rounds, &report)
        }
        try report.finish()
    }
}
