import ArgumentParser

@main
struct Failover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover",
        abstract: "Move Kafka consumer groups to a mirrored cluster: no record skipped, none re-read without need.")
}
