import Testing

@testable import OffsetTranslate

@Suite("Configuration: name filters")
struct ConfigurationNameFilterTests {
    @Test("Full match, any of, exclusion wins", arguments: [
        ("orders", "", "orders", true), ("orders", "", "orders2", false), ("orders", "", "my.orders", false),
        ("a|ab", "", "ab", true), ("a, b.*", "", "bcd", true), ("a ,b", "", "b", true), ("", "", "a", false),
        (".*", "x.*", "xy", false), (".*", "x.*", "yx", true), ("(?i)foo, bar", "", "BAR", true),
        ("orders\\.[a-z]+", "", "orders.eu", true), (".*", "", "", true), (".*", "", "a\n", false),
    ])
    func matching(include: String, exclude: String, name: String, expected: Bool) throws {
        let filter = try NameFilter(include: NameFilter.list(include), exclude: NameFilter.list(exclude))
        #expect(filter.matches(name) == expected)
    }

    @Test("MirrorMaker's defaults")
    func defaults() {
        let topics = NameFilter.defaultTopics
        #expect(topics.matches("orders"))
        for name in ["mm2-offset-syncs.B.internal", "x-internal", "orders.replica", "__consumer_offsets"] {
            #expect(!topics.matches(name))
        }
        #expect(NameFilter.defaultGroups.matches("billing"))
        for name in ["console-consumer-1", "connect-x", "__g"] { #expect(!NameFilter.defaultGroups.matches(name)) }
        #expect(NameFilter.defaultTopicProperties.matches("retention.ms"))
        #expect(!NameFilter.defaultTopicProperties.matches("min.insync.replicas"))
        #expect(!NameFilter.defaultTopicProperties.matches("unclean.leader.election.enable"))
    }

    @Test("What is no regular expression names key and culprit", arguments: ["*", "a(", "foo{1,3}", "a)|(b", "[a"])
    func invalid(list: String) throws {
        let error = try #require(failure { () throws(ConfigurationError) in
            try NameFilter(include: ["fine"] + NameFilter.list(list), includeKey: "topics")
        })
        #expect(error.kind == .invalid)
        #expect(error.key == "topics")
        #expect(!error.remedy.isEmpty)
    }
}
