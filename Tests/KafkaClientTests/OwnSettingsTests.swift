import Testing

@testable import KafkaClient

/// What is written back in place of a topic's own settings.
@Suite struct OwnSettingsTests {
    private static let settings = [
        TopicSetting("cleanup.policy", "compact", origin: .topic), TopicSetting("retention.ms", "5", origin: .topic),
        TopicSetting("segment.bytes", "9", origin: .broker), TopicSetting("flush.ms", "1", origin: .brokerFile),
        TopicSetting("retention.bytes", "-1", origin: .nowhere), TopicSetting("odd", "1", origin: .unknown),
    ]
    private let own = OwnSettings(among: Self.settings)

    private func changed(_ set: [String: String] = [:], remove: Set<String> = []) throws -> [String: String]? {
        try own.changed(by: SettingsChange(set: set, remove: remove), of: "t", cluster: "east")
    }

    @Test func othersStay() throws {
        #expect(try changed(["retention.bytes": "7"]) == ["cleanup.policy": "compact", "retention.ms": "5", "retention.bytes": "7"])
        #expect(try changed(["retention.ms": "6"], remove: ["cleanup.policy"]) == ["retention.ms": "6"])
        #expect(try changed(remove: ["cleanup.policy", "retention.ms"]) == [:])
    }

    @Test func nothingIsWrittenWhereNothingChanges() throws {
        #expect(try changed() == nil)
        #expect(try changed(["retention.ms": "5"], remove: ["segment.bytes", "none"]) == nil)
    }

    @Test(arguments: [TopicSetting("secret", nil, origin: .topic, isSensitive: true), .init("secret", nil, origin: .topic)])
    func whatCannotBeReadIsNotLost(_ secret: TopicSetting) throws {
        let own = OwnSettings(among: Self.settings + [secret])
        func changed(_ change: SettingsChange) throws -> [String: String]? { try own.changed(by: change, of: "t", cluster: "east") }
        let error = try #require(throws: KafkaError.self) { try changed(SettingsChange(set: ["retention.ms": "6"])) }
        #expect(error.code == .invalidArgument && error.topic == "t" && error.message.contains("secret"))
        #expect(try changed(SettingsChange(set: ["secret": "x"]))?["secret"] == "x")
        let others = ["cleanup.policy": "compact", "retention.ms": "5"]
        #expect(try changed(SettingsChange(remove: ["secret"])) == others)
        #expect(!own.shows(SettingsChange(remove: ["secret"]), since: own) && own.shows(SettingsChange(set: ["secret": "x"]), since: own))
        // One that is not the topic's own is not written at all.
        var elsewhere = secret
        elsewhere.origin = .broker
        #expect(try OwnSettings(among: [elsewhere]).changed(by: SettingsChange(set: ["a": "b"]), of: "t", cluster: "east") == ["a": "b"])
    }

    @Test func whetherAChangeShows() {
        func shows(_ change: SettingsChange, _ now: [String: String]) -> Bool {
            OwnSettings(among: now.map { TopicSetting($0.key, $0.value, origin: .topic) }).shows(change, since: own)
        }
        let change = SettingsChange(set: ["retention.ms": "0600"], remove: ["cleanup.policy"])
        #expect(shows(change, ["retention.ms": "0600"]))
        // Written as brokers write it.
        #expect(shows(change, ["retention.ms": "600"]))
        #expect(!shows(change, ["retention.ms": "5"]) && !shows(change, [:]))
        #expect(!shows(change, ["retention.ms": "0600", "cleanup.policy": "compact"]))
        #expect(shows(SettingsChange(), ["retention.ms": "5"]))
    }
}
