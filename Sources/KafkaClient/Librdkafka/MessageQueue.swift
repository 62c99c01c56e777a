internal import CRdkafka
internal import Synchronization

/// Consumed messages that wait, in order. Sole owner of what is in it.
public final class MessageQueue: Sendable {
    /// Of the messages, as addresses: those before `first` are gone.
    private struct Contents: Sendable {
        var messages: [UInt] = []
        var first = 0
    }
    private let contents = Mutex(Contents())
    /// Asked for each record that passes by.
    private let count = Atomic(0)

    public init() {}

    deinit { removeAll() }

    public var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    public func append(_ message: consuming ConsumedMessage) {
        let raw = UInt(bitPattern: message.release())
        contents.withLock {
            $0.messages.append(raw)
            count.add(1, ordering: .acquiringAndReleasing)
        }
    }

    /// Gives the first one away, if its size (bytes of key and value) suits.
    public func popFirst(where suits: (_ size: Int) -> Bool = { _ in true }) -> ConsumedMessage? {
        let raw: UInt? = contents.withLock { contents in
            guard contents.first < contents.messages.count,
                let message = UnsafeMutablePointer<rd_kafka_message_t>(bitPattern: contents.messages[contents.first]),
                suits(message.pointee.len + message.pointee.key_len)
            else { return nil }
            defer {
                count.subtract(1, ordering: .acquiringAndReleasing)
                contents.first += 1
                if contents.first == contents.messages.count {
                    contents.messages.removeAll(keepingCapacity: true)
                    contents.first = 0
                } else if contents.first >= 4096 {
                    contents.messages.removeFirst(contents.first)
                    contents.first = 0
                }
            }
            return contents.messages[contents.first]
        }
        return raw.flatMap { UnsafeMutablePointer<rd_kafka_message_t>(bitPattern: $0) }.map { ConsumedMessage(owning: $0) }
    }

    public func removeAll() { while popFirst() != nil {} }
}
