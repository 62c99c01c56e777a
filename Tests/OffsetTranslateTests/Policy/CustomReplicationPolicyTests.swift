import OffsetTranslate
import Testing

@Suite struct CustomReplicationPolicyTests {
    // MARK: Prefix and suffix

    @Test func addsAndTakesOffBoth() throws {
        let policy = try CustomReplicationPolicy(sourceAlias: "A", prefix: "eu-", suffix: ".copy")
        #expect(policy.remoteTopic("orders", from: "A") == "eu-orders.copy")
        #expect(policy.upstreamTopic(of: "eu-orders.copy") == "orders")
        #expect(policy.sourceAlias(ofRemoteTopic: "eu-orders.copy") == "A")
        for topic in ["orders", "eu-orders", "orders.copy", "eu-.copy", "eu-", ".copy", ""] {
            #expect(policy.upstreamTopic(of: topic) == nil)
            #expect(policy.sourceAlias(ofRemoteTopic: topic) == nil)
            #expect(policy.originalTopic(of: topic) == topic)
        }
        #expect(policy.originalTopic(of: "eu-eu-orders.copy.copy") == "eu-orders.copy")
        #expect(policy.checkpointsTopic(sourceAlias: "A") == "A.checkpoints.internal")
        #expect(policy.isHeartbeatsTopic("heartbeats") && policy.isHeartbeatsTopic("eu-heartbeats.copy"))
    }

    @Test func theSameAffixInBothPlacesMustNotOverlap() throws {
        let policy = try CustomReplicationPolicy(prefix: "--", suffix: "--")
        #expect(policy.upstreamTopic(of: "---") == nil)
        #expect(policy.upstreamTopic(of: "-----") == "-")
    }

    @Test func theWayBackIsTheOriginal() throws {
        let policy = try CustomReplicationPolicy(sourceAlias: "A", prefix: "copy-")
        #expect(policy.targetTopic(forSource: "copy-orders", sourceAlias: "B", targetAlias: "A") == "orders")
        #expect(policy.isCycle(topic: "copy-orders", targetAlias: "A"))
        #expect(!policy.isCycle(topic: "orders", targetAlias: "A"))
        #expect(!policy.isCycle(topic: "copy-orders", targetAlias: "B"))
    }

    @Test func refusesAffixesWithoutUse() {
        #expect(throws: ReplicationPolicyError.renamesNothing) { try CustomReplicationPolicy(sourceAlias: "A") }
        #expect(throws: ReplicationPolicyError.illegalAffix("a/")) { try CustomReplicationPolicy(prefix: "a/") }
        #expect(throws: ReplicationPolicyError.illegalAffix("é")) { try CustomReplicationPolicy(suffix: "é") }
        let long = String(repeating: "x", count: 249)
        #expect(throws: ReplicationPolicyError.illegalAffix(long)) { try CustomReplicationPolicy(prefix: long) }
    }

    // MARK: Patterns

    private func prodToDR(sourceAlias: String? = "A") throws -> CustomReplicationPolicy {
        try CustomReplicationPolicy(
            sourceAlias: sourceAlias, pattern: #"prod\.(.*)\.v(\d+)"#, replacement: "dr.v$2.$1",
            inversePattern: #"dr\.v(\d+)\.(.*)"#, inverseReplacement: "prod.$2.v$1", examples: ["prod.orders.v1", "orders"])
    }

    @Test func renamesWhatMatchesAsAWhole() throws {
        let policy = try prodToDR()
        #expect(policy.remoteTopic("prod.orders.v12", from: "A") == "dr.v12.orders")
        #expect(policy.upstreamTopic(of: "dr.v12.orders") == "prod.orders.v12")
        #expect(policy.sourceAlias(ofRemoteTopic: "dr.v12.orders") == "A")
        // Matched only in part, so left alone, as RegexRouter does.
        #expect(policy.remoteTopic("prod.orders.v12x", from: "A") == "prod.orders.v12x")
        #expect(policy.upstreamTopic(of: "orders") == "orders")
        #expect(policy.sourceTopic(forTarget: "dr.v12.orders", sourceAlias: "A", targetAlias: "B") == "prod.orders.v12")
    }

    @Test func aNameThatAnotherTopicTakesIsNotInvertible() throws {
        let policy = try prodToDR()
        // "prod.x.v1" becomes "dr.v1.x": a source topic that already has this name can't be told from it.
        #expect(
            throws: ReplicationPolicyError.notInvertible(topic: "dr.v1.x", renamedTo: "dr.v1.x", leadsBackTo: "prod.x.v1")
        ) { try policy.checkedTargetTopic(forSource: "dr.v1.x", sourceAlias: "A", targetAlias: "B") }
        #expect(try policy.checkedTargetTopic(forSource: "prod.x.v1", sourceAlias: "A", targetAlias: "B") == "dr.v1.x")
        // And a target topic that no renaming yields is nobody's copy.
        #expect(policy.upstreamTopic(of: "prod.x.v1") == nil)
        #expect(policy.sourceAlias(ofRemoteTopic: "prod.x.v1") == nil)
    }

    @Test func aGroupThatIsDroppedIsFoundByRoundTrip() throws {
        let policy = try CustomReplicationPolicy(
            sourceAlias: "A", pattern: "(prod|live)-(.*)", replacement: "dr-$2", inversePattern: "dr-(.*)",
            inverseReplacement: "prod-$1")
        #expect(try policy.checkedTargetTopic(forSource: "prod-x", sourceAlias: "A", targetAlias: "B") == "dr-x")
        let error = #expect(throws: ReplicationPolicyError.self) {
            try policy.checkedTargetTopic(forSource: "live-x", sourceAlias: "A", targetAlias: "B")
        }
        #expect(error == .notInvertible(topic: "live-x", renamedTo: "dr-x", leadsBackTo: "prod-x"))
        #expect(error?.description.contains("leads back to topic 'prod-x'") == true)
    }

    @Test func alternativesAreTriedUntilTheWholeNameMatches() throws {
        let policy = try CustomReplicationPolicy(
            pattern: "(a|ab)", replacement: "x-$1", inversePattern: "x-(.*)", inverseReplacement: "$1")
        #expect(policy.remoteTopic("ab", from: "A") == "x-ab")
    }

    @Test func unmatchedNamesTellNothingOfCycles() throws {
        let policy = try prodToDR()
        #expect(policy.isCycle(topic: "dr.v1.x", targetAlias: "A"))
        #expect(!policy.isCycle(topic: "orders", targetAlias: "A"))
    }

    /// Inverses that never come to an end.
    @Test func endlessInversesEnd() throws {
        let policy = try CustomReplicationPolicy(
            sourceAlias: "A", pattern: "x(.*)", replacement: "$1", inversePattern: "(.*)", inverseReplacement: "x$1")
        #expect(policy.originalTopic(of: "t") == "xt")
        #expect(!policy.isCycle(topic: "t", targetAlias: "B"))
        #expect(!policy.isHeartbeatsTopic("t"))
    }

    @Test func refusesDefinitionsWithoutInverse() {
        func define(_ pattern: String, _ replacement: String, examples: [String] = []) throws {
            _ = try CustomReplicationPolicy(
                pattern: pattern, replacement: replacement, inversePattern: "dr-(.*)", inverseReplacement: "$1",
                examples: examples)
        }
        #expect(throws: ReplicationPolicyError.invalidPattern("(")) { try define("(", "$1") }
        #expect(throws: ReplicationPolicyError.invalidPattern("a)(b")) { try define("a)(b", "$1") }
        #expect(throws: ReplicationPolicyError.constantReplacement(pattern: ".*", replacement: "all")) {
            try define(".*", "all")
        }
        #expect(throws: ReplicationPolicyError.invalidReplacement("dr-$2", reason: "its pattern has 1 groups, not 2")) {
            try define("(.*)", "dr-$2")
        }
        #expect(throws: ReplicationPolicyError.self) { try define("(.*)", "dr-${name}") }
        #expect(throws: ReplicationPolicyError.self) { try define("(.*)", "dr-$") }
        #expect(throws: ReplicationPolicyError.self) { try define("(.*)", #"dr-$1\"#) }
        #expect(throws: ReplicationPolicyError.illegalName(topic: "a", renamedTo: "dr/a")) {
            try define("(.*)", "dr/$1", examples: ["a"])
        }
        #expect(throws: ReplicationPolicyError.notInvertible(topic: "a", renamedTo: "copy-a", leadsBackTo: "copy-a")) {
            try define("(.*)", "copy-$1", examples: ["a"])
        }
        #expect(throws: ReplicationPolicyError.constantReplacement(pattern: "dr-(.*)", replacement: "orders")) {
            try CustomReplicationPolicy(
                pattern: "(.*)", replacement: "dr-$1", inversePattern: "dr-(.*)", inverseReplacement: "orders")
        }
    }
}
