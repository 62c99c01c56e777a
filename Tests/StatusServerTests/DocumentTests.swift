import Foundation
import Inspection
@testable import StatusServer
import Testing

/// The JSON that scripts rely on: names and values of docs/json.md.
@Suite struct DocumentTests {
    @Test func status() async throws {
        let status = try await Boards.json("/api/v1/status", of: await Boards.board(Surveys.mixed()))
        #expect(status["formatVersion"] as? Int == 1 && status["source"] as? String == "us-west" && status["target"] as? String == "us-east")
        #expect(status["verdict"] as? String == "fail" && status["tookMilliseconds"] as? Int == 840 && status["offsetSyncsLocation"] as? String == "target")
        #expect((status["heartbeats"] as? [String: Any])?["newestMirrored"] as? Int64 == Surveys.now - 2_500)
        let totals = try #require(status["totals"] as? [String: Any])
        #expect(totals["groups"] as? Int == 5 && totals["problems"] as? Int == 2 && totals["withoutPositionIfLost"] as? Int == 1)
        let checks = try #require(status["checks"] as? [[String: Any]])
        let worst = try #require(checks.first { $0["status"] as? String == "fail" })
        #expect(worst["kind"] as? String == "positionsIfLost" && (worst["findings"] as? [String])?.count == 1 && worst["unit"] as? String == "count")
        #expect(checks.first?["remedy"] == nil)
    }

    @Test func groups() async throws {
        let board = await Boards.board(Surveys.mixed())
        let groups = try #require(try await Boards.json("/api/v1/groups", of: board)["groups"] as? [[String: Any]])
        #expect(groups.compactMap { $0["name"] as? String } == ["billing", "billing-audit", "reports", "search", "stock-take"])
        let audit = groups[1]
        #expect(audit["severity"] as? String == "problem" && audit["maxReplay"] as? Int == 300 && audit["maxReplayIfLost"] == nil)
        #expect(audit["kind"] as? String == "bounded" && audit["partitions"] as? Int == 2 && audit["topics"] as? [String] == ["invoices"])
        #expect(audit["withoutPositionIfLost"] as? Int == 1 && audit["positions"] == nil && audit["sourceState"] as? String == "Stable")
    }

    @Test func oneGroupByItsName() async throws {
        let odd = "odd/na me?%#é"
        let board = await Boards.board(Surveys.mixed(more: [Surveys.group(odd, [Surveys.position(odd)])]))
        let encoded = try #require(odd.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        let one = try #require(try await Boards.json("/api/v1/groups/\(encoded)", of: board)["groups"] as? [[String: Any]])
        #expect(one.count == 1 && one[0]["name"] as? String == odd)
        let audit = try #require(try await Boards.json("/api/v1/groups/billing-audit", of: board)["groups"] as? [[String: Any]])
        let positions = try #require(audit[0]["positions"] as? [[String: Any]])
        let first = positions[0], second = positions[1]
        #expect(first["sourceTopic"] as? String == "invoices" && first["targetTopic"] as? String == "west.invoices" && first["partition"] as? Int == 0)
        #expect(first["upstreamOffset"] as? Int == 1_000 && first["origin"] as? String == "source" && first["plannedOffset"] as? Int == 1_000)
        #expect(first["kind"] as? String == "bounded" && first["high"] as? Int == 1_300 && first["maxReplay"] as? Int == 300)
        #expect(first["currentOffset"] as? Int == 960 && first["distance"] as? Int == -40 && first["rule"] as? String == "interval")
        #expect(first["reason"] as? String == "aheadOfMirror" && first["reasonFigures"] as? [String: Int] == ["by": 120])
        let ifLost = try #require(first["ifLost"] as? [String: Any])
        #expect(ifLost["offset"] as? Int == 980 && ifLost["origin"] as? String == "checkpoint" && ifLost["maxReplay"] as? Int == 20)
        #expect(second["summary"] as? String == "no offset sync of invoices-1 is known" && second["remedy"] as? String == "See that the mirror runs.")
        #expect(second["evidence"] as? [String] == ["its copy is west.invoices-1"] && first["summary"] == nil)
        #expect(second["reason"] as? String == "noSyncs" && second["reasonFigures"] == nil && (second["ifLost"] as? [String: Any])?.isEmpty == true)
        for missing in ["nobody", "%ZZ", ""] { _ = try await Boards.json("/api/v1/groups/\(missing)", of: board, is: .notFound) }
    }

    @Test func partitions() async throws {
        let document = try await Boards.json("/api/v1/partitions", of: await Boards.board(Surveys.mixed()))
        let partitions = try #require(document["partitions"] as? [[String: Any]])
        #expect(partitions.count == 4 && partitions[0]["lag"] as? Int == 1_200 && partitions[0]["lagMilliseconds"] as? Int == 42_000)
        #expect(partitions[0]["sourceEnd"] as? Int == 5_000 && partitions[3]["lag"] == nil && partitions[0]["lastSync"] == nil)
    }

    /// Before the first look there is nothing, and that is said with the reason.
    @Test func unseen() async throws {
        let board = StatusBoard(.init(source: "us-west", target: "us-east"), version: "0.0-test", every: .seconds(30)) { throw Boards.Trouble() }
        #expect(try await Boards.json("/api/v1/groups", of: board, is: .unavailable)["error"] as? String == "the first look at the clusters is under way")
        await board.refresh()
        for path in ["groups", "partitions", "groups/x"] {
            #expect(try await Boards.json("/api/v1/\(path)", of: board, is: .unavailable)["error"] as? String == "'us-west' does not answer")
        }
        let status = try await Boards.json("/api/v1/status", of: board, is: .unavailable)
        #expect(status["verdict"] == nil && (status["server"] as? [String: Any])?["source"] as? String == "us-west")
        #expect((try await Boards.json("/api/v1/history", of: board)["samples"] as? [Any])?.isEmpty == true)
    }
}
