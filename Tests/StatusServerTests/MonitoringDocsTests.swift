import Foundation
@testable import StatusServer
import Testing

/// What docs/ says of the metrics, held against what is exported.
@Suite struct MonitoringDocsTests {
    private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs")

    private func named(in file: String) throws -> Set<String> {
        let text = try String(contentsOf: Self.docs.appendingPathComponent(file), encoding: .utf8)
        return Set(text.matches(of: /\bfailover_[a-z_]+[a-z]/).map { String($0.0) })
    }

    private func exported() async throws -> Set<String> {
        Set(try ParsedMetrics(try await Boards.text("/metrics", of: await Boards.board(Surveys.mixed()))).types.keys)
    }

    @Test(arguments: ["grafana-dashboard.json", "prometheus-alerts.yml"])
    func namesOnlyWhatIsExported(_ file: String) async throws {
        let named = try named(in: file), exported = try await exported()
        #expect(named.count > 8 && named.isSubset(of: exported), "\(named.subtracting(exported))")
    }

    @Test func monitoringNamesAll() async throws {
        #expect(try named(in: "monitoring.md") == (try await exported()))
    }

    @Test func theDashboardIsOne() throws {
        let data = try Data(contentsOf: Self.docs.appendingPathComponent("grafana-dashboard.json"))
        let dashboard = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let panels = try #require(dashboard["panels"] as? [[String: Any]])
        #expect(panels.count > 8 && Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
        for panel in panels {
            #expect((panel["datasource"] as? [String: String])?["uid"] == "${datasource}", "\(panel["title"] ?? "")")
            #expect((panel["targets"] as? [[String: Any]])?.allSatisfy { ($0["expr"] as? String)?.isEmpty == false } == true)
        }
    }
}
