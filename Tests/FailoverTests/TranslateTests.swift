import Foundation
import Testing

/// `failover translate` without clusters: the contract that scripts rely on (docs/json.md).
@Suite struct TranslateTests {
    /// The recordings of stock MirrorMaker 2 that the library's tests keep.
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("OffsetTranslateTests/Golden")

    private func folder(_ files: [String: String]) throws -> URL {
        let folder = try Command.temporaryFolder()
        for (name, text) in files { try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8) }
        return folder
    }

    private func translate(_ arguments: String..., in folder: URL, input: String? = nil) async throws -> Command.Result {
        try await Command.start(["translate"] + arguments, in: folder, input: input).finish()
    }

    private func lines(_ result: Command.Result) throws -> [[String: Any]] {
        try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private static let syncs = """
        {"topic":"orders","partition":0,"upstreamOffset":0,"downstreamOffset":0,"timestamp":1700000000000}
        {"topic":"orders","partition":0,"upstreamOffset":100,"downstreamOffset":200}

        OffsetSync{topicPartition=pay-ments-1, upstreamOffset=3, downstreamOffset=4}\r
        {"topic":"strict","partition":0,"upstreamOffset":0,"downstreamOffset":7,"strict":true}
        {"topic":"strict","partition":0,"upstreamOffset":900,"downstreamOffset":905,"strict":true,"previousUpstreamOffset":0,"previousDownstreamOffset":7}

        """

    @Test func everyMemberOfTheContractIsThere() async throws {
        let folder = try folder([
            "s": Self.syncs,
            "o": """
                {"topic":"orders","partition":0,"offset":50,"group":"billing"}
                {"topic":"nowhere","partition":0,"offset":5}
                {"topic":"strict","partition":0,"offset":500}
                {"topic":"pay-ments","partition":1,"offset":3}
                """,
            "e": #"{"topic":"orders","partition":0,"logStart":2,"logEnd":300}"#,
        ])
        let result = try await translate("--syncs", "s", "--offsets", "o", "--ends", "e", "--output", "jsonl", in: folder)
        #expect(result.status == 5 && result.errors.isEmpty)
        let answers = try lines(result)
        try #require(answers.count == 4)
        let names: Set = ["topic", "partition", "offset", "targetOffset", "kind", "low", "high", "maxReplay", "evidence", "reason", "warnings"]
        #expect(Set(answers[0].keys) == names.union(["group"]))
        for answer in answers.dropFirst() { #expect(Set(answer.keys) == names) }

        #expect(answers[0]["group"] as? String == "billing" && answers[0]["topic"] as? String == "orders" && answers[0]["offset"] as? Int == 50)
        #expect(answers[0]["targetOffset"] as? Int == 2 && answers[0]["kind"] as? String == "bounded")
        #expect(answers[0]["low"] as? Int == 2 && answers[0]["high"] as? Int == 200 && answers[0]["maxReplay"] as? Int == 198)
        #expect(answers[0]["reason"] is NSNull && (answers[0]["warnings"] as? [String])?.count == 1)
        let evidence = try #require(answers[0]["evidence"] as? [String: Any])
        #expect(Set(evidence.keys) == ["rule", "assumption", "below", "above", "target"])
        #expect(evidence["rule"] as? String == "interval" && evidence["assumption"] as? String == "nothing")
        #expect(evidence["below"] as? [String: Int] == ["upstreamOffset": 0, "downstreamOffset": 0, "timestamp": 1_700_000_000_000])
        let above = try #require(evidence["above"] as? [String: Any])
        #expect(above["upstreamOffset"] as? Int == 100 && above["downstreamOffset"] as? Int == 200 && above["timestamp"] is NSNull)
        #expect(evidence["target"] as? [String: Int] == ["logStart": 2, "logEnd": 300])

        #expect(answers[1]["targetOffset"] is NSNull && answers[1]["kind"] as? String == "unknown" && answers[1]["reason"] is String)
        #expect(answers[2]["targetOffset"] as? Int == 507 && answers[2]["kind"] as? String == "exact")
        #expect(answers[3]["targetOffset"] as? Int == 4 && answers[3]["kind"] as? String == "exact")
    }

    @Test func assumptionsAreTakenAndShown() async throws {
        let folder = try folder(["s": Self.syncs, "o": #"{"topic":"orders","partition":0,"offset":50}"#])
        let strict = try await translate("--syncs", "s", "--offsets", "o", "--assume", "strict", "--output", "jsonl", in: folder)
        let answer = try #require(try lines(strict).first)
        #expect(strict.status == 0 && answer["targetOffset"] as? Int == 50 && answer["kind"] as? String == "exact")
        #expect((answer["evidence"] as? [String: Any])?["assumption"] as? String == "strict")
    }

    @Test func eitherFileMayBeStdin() async throws {
        let folder = try folder(["s": Self.syncs, "o": #"{"topic":"orders","partition":0,"offset":100}"#])
        let named = try await translate("--syncs", "s", "--offsets", "o", "--output", "jsonl", in: folder)
        #expect(named.status == 0 && !named.output.isEmpty)
        #expect(try await translate("--syncs", "-", "--offsets", "o", "--output", "jsonl", in: folder, input: "s").output == named.output)
        #expect(try await translate("--syncs", "s", "--offsets", "-", "--output", "jsonl", in: folder, input: "o").output == named.output)
        // And said by name when it is at fault.
        let swapped = try await translate("--syncs", "-", "--offsets", "o", in: folder, input: "o")
        #expect(swapped.status == 1 && swapped.errors.contains("(standard input):1: 'upstreamOffset' is missing") && swapped.output.isEmpty)
    }

    @Test(arguments: ["s", "o", "e"]) func nothingIsAnsweredFromAHalfReadFile(_ broken: String) async throws {
        let good = ["s": Self.syncs, "o": #"{"topic":"orders","partition":0,"offset":100}"#, "e": ""]
        let long = "{\"topic\":\"" + String(repeating: "x", count: 300) + "\", oops"
        let folder = try folder(good.merging([broken: (good[broken] ?? "") + "\n" + long + "\n" + (good[broken] ?? "")]) { $1 })
        let result = try await translate("--syncs", "s", "--offsets", "o", "--ends", "e", "--output", "jsonl", in: folder)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.contains("\(broken):") && result.errors.contains("not JSON") && result.errors.contains("..."))
        #expect(!result.errors.contains(String(repeating: "x", count: 121)))
    }

    @Test func csvIsWhatKafkasToolTakes() async throws {
        let folder = try folder([
            "s": Self.syncs,
            "groups": """
                {"topic":"pay-ments","partition":1,"offset":3,"group":"a,\\"b\\""}
                {"topic":"nowhere","partition":3,"offset":5,"group":"lost"}
                {"topic":"strict","partition":0,"offset":0,"group":"g"}
                """,
            "plain": #"{"topic":"pay-ments","partition":1,"offset":3}"#,
        ])
        let grouped = try await translate("--syncs", "s", "--offsets", "groups", "--output", "csv", in: folder)
        #expect(grouped.status == 5 && grouped.output == "\"a,\"\"b\"\"\",pay-ments,1,4\ng,strict,0,7\n")
        #expect(grouped.errors.contains("lost nowhere-3"))
        let plain = try await translate("--syncs", "s", "--offsets", "plain", "--output", "csv", in: folder)
        #expect(plain.status == 0 && plain.output == "pay-ments,1,4\n" && plain.errors.isEmpty)
    }

    @Test func peopleGetATable() async throws {
        let folder = try folder(["s": Self.syncs, "o": #"{"topic":"orders","partition":0,"offset":50}"# + "\n" + #"{"topic":"x","partition":0,"offset":1}"#])
        let result = try await translate("--syncs", "s", "--offsets", "o", in: folder)
        #expect(result.status == 5 && result.output.contains("RULE") && result.output.contains("interval") && result.output.contains("! x-0: no offset sync"))
        let json = try await translate("--syncs", "s", "--offsets", "o", "--output", "json", in: folder).json()
        #expect(json["formatVersion"] as? Int == 1 && json["strategy"] as? String == "exact" && (json["offsets"] as? [Any])?.count == 2)
    }

    /// Each case of the recorded stock class becomes a topic of one file.
    @Test func mm2AnswersAsTheStockClassDid() async throws {
        let recorded = try String(contentsOf: Self.golden.appendingPathComponent("offset-sync-store.jsonl"), encoding: .utf8)
        var syncs: [String] = [], offsets: [String] = [], expected: [Int?] = []
        for line in recorded.split(separator: "\n") {
            let recording = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let preload = try #require(recording["preload"] as? [[Int]]), live = try #require(recording["live"] as? [[Int]])
            // A stock store that must forget at start-up is not what a file can tell of.
            guard recording["mustReadToEnd"] as? Bool == false || preload.isEmpty else { continue }
            let number = try #require(recording["case"] as? Int)
            syncs += (preload + live).map { #"{"topic":"case-\#(number)","partition":2,"upstreamOffset":\#($0[0]),"downstreamOffset":\#($0[1])}"# }
            for query in try #require(recording["queries"] as? [[Any]]) {
                offsets.append(#"{"topic":"case-\#(number)","partition":2,"offset":\#(try #require(query[0] as? Int))}"#)
                expected.append((query[1] as? Int).flatMap { $0 < 0 ? nil : $0 })
            }
        }
        let folder = try folder(["s": syncs.joined(separator: "\n"), "o": offsets.joined(separator: "\n")])
        let result = try await translate("--syncs", "s", "--offsets", "o", "--strategy", "mm2", "--output", "jsonl", in: folder)
        #expect(result.status == 5 && expected.count > 2_000)
        #expect(try lines(result).map { $0["targetOffset"] as? Int } == expected)
    }
}
