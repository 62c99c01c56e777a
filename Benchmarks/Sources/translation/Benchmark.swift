import ArgumentParser

@main
struct Benchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translation",
        abstract: "Measures the translation engine, and what a cutover asks of brokers, next to baselines in the same run.",
        subcommands: [MemoryBenchmark.self, LookUpBenchmark.self, LiveBenchmark.self, GroupsBenchmark.self, CutoverBenchmark.self], defaultSubcommand: MemoryBenchmark.self)
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
