import ArgumentParser

@main
struct Benchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translation",
        abstract: "Measures the translation engine, what a cutover asks of brokers, and what a status server hands out, next to baselines in the same run.",
        subcommands: [MemoryBenchmark.self, LookUpBenchmark.self, LiveBenchmark.self, GroupsBenchmark.self, CutoverBenchmark.self, LookBenchmark.self, MirrorBenchmark.self, TrickleBenchmark.self, SoakBenchmark.self, ServeBenchmark.self, PassOne.self], defaultSubcommand: MemoryBenchmark.self)
}

/// What the logs are like that need no broker.
struct LogOptions: ParsableArguments {
    @Option(help: "Offset syncs in each log.")
    var syncs = 5_000_000

    @Option(help: "Source partitions that they are of.")
    var partitions = 1_000

    @Option(help: "Look-ups in each round.")
    var lookups = 2_000_000

    func validate() throws {
        if partitions < 1 || syncs < partitions { throw ValidationError("there must be a partition, and a sync of each") }
    }
}

/// Options that all of it has.
struct ReportOptions: ParsableArguments {
    @Flag(help: "JSON instead of a table.")
    var json = false

    @Option(help: "Times that each measurement is repeated; the best one counts.")
    var rounds = 3

    func validate() throws {
        if rounds < 1 { throw ValidationError("--rounds must be 1 or more") }
        #if DEBUG
        throw ValidationError("a debug build says nothing about speed: build with -c release")
        #endif
    }
}
