import KafkaClient
import Testing

@Suite struct TopicPartitionTests {
    @Test func ordersByTopicThenPartition() {
        let a = TopicPartition(topic: "a", partition: 10), b = TopicPartition(topic: "b", partition: 2)
        #expect([b, a, TopicPartition(topic: "a", partition: 9)].sorted().map(\.description) == ["a-9", "a-10", "b-2"])
    }
}
