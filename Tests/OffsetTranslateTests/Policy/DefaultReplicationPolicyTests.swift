import OffsetTranslate
import Testing

/// The tables of `ReplicationPolicyTest`, `MirrorClientTest` and `MirrorSourceConnectorTest`, and Java's `split`.
@Suite struct DefaultReplicationPolicyTests {
    private let policy = DefaultReplicationPolicy()

    @Test func formatsAndTakesApart() {
        #expect(policy.remoteTopic("orders", from: "A") == "A.orders")
        #expect(policy.sourceAlias(ofRemoteTopic: "A.orders") == "A")
        #expect(policy.upstreamTopic(of: "A.orders") == "orders")
        #expect(policy.upstreamTopic(of: "B.A.orders") == "A.orders")
        #expect(policy.originalTopic(of: "B.A.orders") == "orders")
        #expect(policy.originalTopic(of: "orders") == "orders")
        #expect(policy.sourceAlias(ofRemoteTopic: "orders") == nil)
        #expect(policy.upstreamTopic(of: "orders") == nil)
    }

    @Test(arguments: [
        ("", nil, nil), (".", nil, nil), ("..", nil, nil), ("a", nil, nil), ("a.", nil, nil), ("a..", nil, nil),
        (".b", "", "b"), ("..b", "", ".b"), (".a.", "", "a."), ("a.b", "a", "b"), ("a..b", "a", ".b"), ("a.b.", "a", "b."),
    ] as [(String, String?, String?)])
    func splitsAsJavaDoes(topic: String, source: String?, upstream: String?) {
        #expect(policy.sourceAlias(ofRemoteTopic: topic) == source)
        #expect(policy.upstreamTopic(of: topic) == upstream)
    }

    @Test(arguments: [
        ("__", "source1__topic4", "source1", "topic4"), ("__", "s1__s2__t", "s1", "s2__t"), ("__", "a_b", nil, nil),
        ("__", "a___b", "a", "_b"), ("__", "a___", "a", "_"), ("__", "a____", nil, nil), ("__", "a__", nil, nil),
        ("_-_", "a_-_b", "a", "b"), ("*", "a*b", "a", "b"), ("$1", "a$1b", "a", "b"), ("\\E", "a\\Eb", "a", "b"),
        ("", "abc", "a", "bc"), ("", "a", nil, nil), ("", "", nil, nil),
    ] as [(String, String, String?, String?)])
    func takesAnySeparatorLiterally(separator: String, topic: String, source: String?, upstream: String?) {
        let policy = DefaultReplicationPolicy(separator: separator)
        #expect(policy.sourceAlias(ofRemoteTopic: topic) == source)
        #expect(policy.upstreamTopic(of: topic) == upstream)
    }

    @Test func originalEndsForAnySeparator() {
        #expect(DefaultReplicationPolicy(separator: "").originalTopic(of: "abc") == "c")
        #expect(policy.originalTopic(of: "...a...") == "a...")
    }

    // MARK: Cycles

    @Test(arguments: [
        ("target.topic1", true), ("target.source.topic1", true), ("source.target.topic1", true),
        ("target.source.target.topic1", true), ("source.target.source.topic1", true), ("topic1", false),
        ("source.topic1", false), ("other.topic1", false), ("target", false), ("target.", false), (".b", false),
    ])
    func cycles(topic: String, isCycle: Bool) {
        #expect(policy.isCycle(topic: topic, targetAlias: "target") == isCycle)
    }

    // MARK: Hops, as MirrorClient counts them

    @Test(arguments: [
        ("topic", "source", -1), ("source", "source", -1), ("sourcetopic", "source", -1), ("source1.topic", "source2", -1),
        ("source1.topic", "source1", 1), ("source2.source1.topic", "source2", 1), ("source2.source1.topic", "source1", 2),
        ("source3.source2.source1.topic", "source1", 3), ("source3.source2.source1.topic", "source4", -1),
    ])
    func hops(topic: String, alias: String, hops: Int) {
        var topic = topic
        var count = 0
        while let source = policy.sourceAlias(ofRemoteTopic: topic), let upstream = policy.upstreamTopic(of: topic) {
            count += 1
            if source == alias { break }
            topic = upstream
        }
        #expect((policy.sourceAlias(ofRemoteTopic: topic) == alias ? count : -1) == hops)
    }
}
