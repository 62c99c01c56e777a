import InMemoryKafka
import OffsetTranslate

/// A partition on two in-memory clusters.
struct Link: Sendable {
    let west = InMemoryCluster("west")
    let east = InMemoryCluster("east")
    let source = TopicPartition(topic: "orders", partition: 0)
    let target = TopicPartition(topic: "west.orders", partition: 0)

    /// - Parameters:
    ///   - upstream: Numbers of the source's records; `nil` leaves a hole.
    ///   - downstream: Those of the target's.
    init(_ upstream: some Numbers, _ downstream: some Numbers) {
        for number in upstream.numbers { append(number, to: west, source) }
        for number in downstream.numbers { append(number, to: east, target) }
        west.update { [source] in $0.log(source) { _ in } }
        east.update { [target] in $0.log(target) { _ in } }
    }

    func append(_ number: Int?, to cluster: InMemoryCluster, _ partition: TopicPartition) {
        cluster.update { contents in
            contents.log(partition) { log in
                guard let number else { return log.leaveHole() }
                log.append(Self.record(number))
            }
        }
    }

    /// Ten milliseconds apart.
    static func record(_ number: Int) -> Record {
        Record(key: [UInt8(truncatingIfNeeded: number)], value: Array("\(number)".utf8), headers: [Header(name: "n", value: nil)], timestamp: Int64(number) * 10)
    }

    func ask(_ strategy: any TranslationStrategy, _ offsets: Int64...) async throws -> [Translation] {
        try await strategy.translate(offsets.map { TranslationQuestion(source: source, target: target, upstreamOffset: $0) })
    }

    var identity: IdentityStrategy { IdentityStrategy(source: west, target: east) }
    var timestamp: TimestampStrategy { TimestampStrategy(source: west, target: east) }
    var byTimeAlone: TimestampStrategy { TimestampStrategy(source: west, target: east, limits: nil) }
}

extension Translation {
    /// The position, or why there is none.
    var answer: String { position.map { "\($0)" } ?? reason?.rawValue ?? "?" }
}

protocol Numbers {
    var numbers: [Int?] { get }
}

extension Range<Int>: Numbers { var numbers: [Int?] { Array(self) } }
extension [Int?]: Numbers { var numbers: [Int?] { self } }
