import ArgumentParser
import Cutover
import Foundation
import KafkaClient

/// Removes commits in a process of its own: librdkafka may abort the one that does it (``GroupOffsetRemoval``).
///
/// Not for people: the job comes on stdin, credentials included, and the answer goes to stdout.
struct RemoveOffsetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove-offsets", shouldDisplay: false)

    fileprivate struct Job: Codable {
        var cluster: String
        var properties: [String: String]
        var group: String
        var partitions: [TopicPartition]
        var milliseconds: Int
    }

    fileprivate struct Answer: Codable {
        struct Failure: Codable {
            var partition: TopicPartition?
            var code: Int32
            var message: String
            var isRetriable: Bool
        }
        var failures: [Failure]
    }

    func run() async throws {
        let job = try JSONDecoder().decode(Job.self, from: try FileHandle.standardInput.readToEnd() ?? Data())
        let removal = GroupOffsetRemoval(
            cluster: job.cluster, properties: ClientProperties(job.properties), group: job.group, partitions: job.partitions,
            timeout: .milliseconds(job.milliseconds))
        var answer = Answer(failures: [])
        func add(_ error: KafkaError, _ partition: TopicPartition?) {
            answer.failures.append(.init(partition: partition, code: error.code.rawValue, message: error.message, isRetriable: error.isRetriable))
        }
        do {
            for (partition, error) in try await removal.run() { add(error, partition) }
        } catch let error as KafkaError {
            add(error, nil)
        }
        Console.data(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
    }
}

extension GroupOffsetRemoval {
    /// Carries it out in a child of this process.
    static let inChildProcess: Runner = { removal in
        let operation = "remove committed offsets"
        func failure(_ code: KafkaError.Code, _ message: String) -> KafkaError {
            KafkaError(code, operation, cluster: removal.cluster, group: removal.group, message: message)
        }
        let job = RemoveOffsetsCommand.Job(
            cluster: removal.cluster, properties: removal.properties.names.reduce(into: [:]) { $0[$1] = removal.properties[$1] },
            group: removal.group, partitions: removal.partitions, milliseconds: Int(removal.timeout.components.seconds * 1000))
        guard let itself = Bundle.main.executableURL else { throw failure(.unsupportedFeature, "this command can't find its own executable") }
        // A crash that is expected needs no backtrace.
        var child = ChildProcess(
            itself.path, ["remove-offsets"], environment: ["SWIFT_BACKTRACE": "enable=no"], timeout: removal.timeout + .seconds(5))
        child.errors = .dropped
        let end = try await child.run(input: try JSONEncoder().encode(job))
        guard end.status == 0, let answer = try? JSONDecoder().decode(RemoveOffsetsCommand.Answer.self, from: end.output) else {
            // It may have happened: whoever asked reads back.
            let reason = end.timedOut ? "it took too long, and was ended"
                : end.status == -SIGABRT ? "the client library gave up on it: the brokers may lack the request (Kafka before 2.4)"
                : "the process that was to do it ended with status \(end.status)"
            throw failure(.failed, reason)
        }
        var refused: [TopicPartition: KafkaError] = [:]
        for entry in answer.failures {
            let error = KafkaError(
                .init(rawValue: entry.code), operation, cluster: removal.cluster, topic: entry.partition?.topic,
                partition: entry.partition?.partition, group: removal.group, message: entry.message, isRetriable: entry.isRetriable)
            guard let partition = entry.partition else { throw error }
            refused[partition] = error
        }
        return refused
    }
}
