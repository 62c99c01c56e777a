import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

extension HostileInput {
    /// As it lies in the file, and once more with the digest that it should have.
    static let plan = HostileInput("plan", words: planWords) {
        let file = try PlanFile.encode(somePlan()), text = String(decoding: file, as: UTF8.self)
        // The last one put its own characters into the message.
        let changes = [("\"formatVersion\" : 1", "\"formatVersion\" : 2"), ("\"unknown\"", "\"unkn\u{7F}wn\"")]
        return [file, file.prefix(file.count / 2)] + changes.map { Data(text.replacing($0, with: $1).utf8) }
    } read: { data in
        _ = try attempt(PlanFileError.self) { try PlanFile.decode(data, name: "p") }
        struct Document: Decodable { var plan: CutoverPlan }
        guard let plan = (try? JSONDecoder().decode(Document.self, from: data))?.plan, let sealed = try? PlanFile.encode(plan) else { return false }
        guard let read = try attempt(PlanFileError.self, { try PlanFile.decode(sealed, name: "p") }) else { throw BrokenPromise("what was written is refused") }
        try require(read == plan, "what was written is read as something else")
        try requireUsable(plan)
        return true
    }

    static let reverseStarts = HostileInput("reverse-starts", words: ["\"starts\":[", "\"lastCopy\":", "\"formatVersion\":", "-1", "9223372036854775807", "{", "}", ","]) {
        let start = #"{"topic":"o","partition":0,"offset":5,"targetTopic":"a.o","targetOffset":6,"lastCopy":{"original":4,"copy":5}}"#
        return [Data(#"{"formatVersion":1,"source":"b","target":"a","offsetSyncsLocation":"target","starts":[\#(start)]}"#.utf8)]
    } read: { data in
        let file = try withFile(data) { path in try attempt(ReverseStartFileError.self) { try ReverseStartFile(path: path) } }
        guard let file else { return false }
        let flow = ReplicationFlow(from: "b", to: "a", policy: DefaultReplicationPolicy())
        return try attempt(ReverseStartFileError.self) { try file.starts(of: flow, "p") } != nil
    }

    /// The lines as they are, and once more with the numbers and hashes that they should have.
    static let journal = HostileInput("journal", words: planWords + ["\"step\":\"", "begin", "planned", "agreed", "intent", "result", "rollback", "replanned", "fence", "\n", "\"group\":\"g\""]) {
        let plan = somePlan(), json = JSONEncoder.sorted()
        var bare = plan
        bare.offsets = []
        let header = String(decoding: try json.encode(bare), as: UTF8.self), offsets = String(decoding: try json.encode(plan.offsets), as: UTF8.self)
        let begin = #""run":"20261125T091003-k7qd","time":"2026-11-25T09:10:03.000Z","by":{"user":"a","host":"h","process":1},"digest":"\#(try plan.digest())","plan":\#(header)"#
        let move = #"{"partition":{"topic":"a.o","partition":0},"expected":{"offset":4,"metadata":""},"wanted":{"offset":40,"metadata":""}}"#
        let end = #""group":"g","outcome":{"group":"g","ending":"moved","committed":{"a.o-0":40},"remaining":[],"failures":[]}"#
        let lines = [
            ("begin", begin), ("planned", #""group":"g","offsets":\#(offsets)"#), ("agreed", #""approval":{"manner":"--yes","overrides":["rewind"],"leftOut":[]}"#),
            ("fence", #""fence":{"topics":["o"]}"#), ("fenced", ""), ("intent", #""group":"g","moves":[\#(move)]"#), ("result", end), ("unfence", ""), ("unfenced", ""),
            ("end", #""succeeded":true"#), ("rollback", #""run":"20261125T091003-k7qd""#), ("intent", #""group":"g","moves":[\#(move)]"#), ("end", #""succeeded":false"#),
        ].map { step, rest in "{" + rest + (rest.isEmpty ? "" : ",") + "\"time\":\"2026-11-25T09:10:04.000Z\",\"step\":\"\(step)\"}\n" }
        let first = lines[0].replacing("\"time\":\"2026-11-25T09:10:04.000Z\",", with: "")
        return [Data(([first] + lines.dropFirst()).joined().utf8)]
    } read: { data in
        _ = try attempt(JournalDamage.self) { try RunHistory(data) }
        let chained = chained(data)
        guard let history = try attempt(JournalDamage.self, { try RunHistory(chained) }) else { return false }
        // What a crash has cut short says nothing.
        let cut = try RunHistory(chained + Data("{\"step\"".utf8))
        try require(cut.lines == history.lines && cut.groups == history.groups && cut.plan == history.plan, "half a line changes what a journal says")
        try require(cut.discardedBytes == history.discardedBytes + 7, "\(cut.discardedBytes) bytes discarded, not \(history.discardedBytes + 7)")
        _ = (history.undoing, history.unfinished, history.id.description)
        if let plan = history.plan { try requireUsable(plan) }
        return true
    }

    private static let planWords = [
        "{", "}", "[", "]", ",", "null", "\"offset\":", "9223372036854775807", "-1", "1e400", "0.5", "\"create\"", "{\"skip\":{\"targetPartitionMissing\":{}}}", "\"unknown\"", "\"offsets\":[",
        "\"upstream\":", "\"current\":", "\"high\":", "\"low\":", "\"\\ud800\"", "\"maxReplay\":",
    ]

    private static func somePlan() -> CutoverPlan {
        let source = TopicPartition(topic: "o", partition: 0), target = TopicPartition(topic: "a.o", partition: 0)
        func offset(_ group: String, _ action: PlannedOffset.Action, _ translation: Translation) -> PlannedOffset {
            PlannedOffset(
                group: group, source: source, target: target, upstream: CommittedOffset(offset: 50, metadata: "é\n\""), origin: .checkpoint(writtenAt: 5),
                current: CommittedOffset(offset: 4), translation: translation, stockPosition: 3, action: action)
        }
        let known = Translation(
            position: 40, kind: .bounded, low: 40, high: 60, evidence: Evidence(rule: .interval, target: LogBounds(start: 0, end: 99)), warnings: [.aheadOfLastSync(by: 7)])
        let unknown = Translation(position: nil, kind: .unknown(.noSyncs), evidence: Evidence(rule: .none))
        return CutoverPlan(
            mode: .switchover, sourceAlias: "a", targetAlias: "b", createdAt: 1_700_000_000_000,
            offsets: [offset("g", .advance, known), offset("h", .skip(.positionUnknown(why: "none")), unknown)],
            checks: [Check(.rewind, evidence: "looked", findings: [.init(group: "g", partition: target, detail: "stands at 7")])], warnings: ["slow"])
    }

    /// What `show`, `apply` and `rollback` ask of any plan.
    private static func requireUsable(_ plan: CutoverPlan) throws {
        _ = (plan.groups, plan.changes, plan.skipped, plan.maxReplayBytes, plan.count { $0 == .keep }, plan.offsets.copies)
        try require((plan.maxReplay ?? 0) >= 0, "fewer than no records read again")
        let some = plan.restricted(to: Set(plan.groups.prefix(1)))
        _ = (plan.changes(in: some), some.changes(in: plan))
        for offset in plan.offsets {
            _ = (offset.commit, offset.origin.writtenAt, offset.translation.maxReplay, offset.translation.warnings.map(\.description))
        }
    }
}

/// Puts in what links a journal's lines, as their first members.
func chained(_ data: Data) -> Data {
    var previous = "", chained = Data(), number = 0
    for line in data.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
        number += 1
        let linked = line.first == 0x7B ? Data("{\"line\":\(number),\"previous\":\"\(previous)\",".utf8) + line.dropFirst() : Data(line)
        previous = sha256(linked)
        chained += linked + [0x0A]
    }
    return chained
}
