import Foundation
import Inspection
@testable import StatusServer
import Testing

/// The page in a browser: what a person sees of a flow, searched, sorted and opened by its address.
@Suite(.serialized, .enabled(if: Browser.executable != nil, "needs Chromium on the PATH: 'make page' installs it")) struct PageTests {
    private static let odd = "<img src=x onerror=alert(1)>&amp;\"'"

    private var survey: FlowSurvey {
        Surveys.mixed(more: [Surveys.group(Self.odd, [Surveys.position(Self.odd, "bill<script>", reason: .syncedExactly)])])
    }

    /// Shows the page at an address, and hands over what it came to.
    private func shown(_ hash: String, of survey: FlowSurvey? = nil, _ look: (PageText) throws -> Void) async throws {
        try await RunningServer.with(survey ?? self.survey) { server in
            try look(PageText(try await Browser.document(at: "\(server.url)/#\(hash)")))
        }
    }

    @Test func theFlowAtALook() async throws {
        try await shown("") { page in
            #expect(page.text(of: "verdict").contains("not ready") && page.text(of: "source") == "us-west" && page.text(of: "target") == "us-east")
            #expect(page.text(of: "age").hasPrefix("as of ") && page.text(of: "count") == "6 groups")
            for sentence in ["1 position would be gone with the source", "Run 'failover capture'", "billing-audit invoices-1: no offset sync is known", "2 checks passed"] {
                #expect(page.document.contains(sentence), "\(sentence)")
            }
            // What went wrong is open, what is well is folded.
            #expect(page.document.contains(#"<details data-check="positionsIfLost" open="">"#) && page.document.contains(#"<details data-check="passed">"#))
            #expect(page.document.components(separatedBy: "<svg ").count == 4 && page.document.contains(#"<path class="line second""#))
            // Problems first, then by name.
            #expect(page.groups.prefix(3) == ["billing-audit", "reports", "stock-take"])
            #expect(!page.document.contains("class=\"detail\""))
        }
    }

    @Test func searched() async throws {
        try await shown("q=BILL&sort=name") { page in
            #expect(page.groups == [Self.odd, "billing", "billing-audit"] && page.text(of: "count") == "3 of 6 groups")
        }
        try await shown("q=clicks") { #expect($0.groups == ["reports", "search"]) }
        try await shown("q=nobody") { #expect($0.groups.isEmpty && $0.text(of: "count") == "0 of 6 groups") }
    }

    @Test func sorted() async throws {
        try await shown("sort=-lag") { page in
            #expect(page.groups == ["reports", "search", "billing-audit", "billing", Self.odd, "stock-take"])
            #expect(page.document.contains(#"aria-sort="descending"><button type="button" data-sort="lag">"#))
        }
        try await shown("sort=name") { page in
            #expect(page.groups == page.groups.sorted() && page.document.contains(#"aria-sort="ascending"><button type="button" data-sort="name">"#))
        }
        // No bound is more than any.
        try await shown("sort=-lost") { #expect(Set($0.groups.prefix(2)) == ["billing-audit", "reports"]) }
        try await shown("sort=lost") { #expect($0.groups.first == "search" && Set($0.groups.suffix(2)) == ["billing-audit", "reports"]) }
    }

    @Test func problemsOnly() async throws {
        try await shown("problems=1&sort=name") { #expect($0.groups == ["billing-audit", "reports"] && $0.text(of: "count") == "2 of 6 groups") }
    }

    @Test func openedGroup() async throws {
        try await shown("q=audit&group=billing-audit") { page in
            #expect(page.document.contains("class=\"detail\"") && page.document.contains(#"aria-expanded="true""#))
            for text in ["ahead of mirror: by 120", "no offset sync of invoices-1 is known", "See that the mirror runs.", "its copy is west.invoices-1", "invoices → west.invoices / 1", "no position", "bounded (interval)", "960 (-40)", "Stable, 3 members"] {
                #expect(page.document.contains(text), "\(text)")
            }
        }
    }

    /// What a cluster calls a thing is text, wherever it stands.
    @Test func namesAreText() async throws {
        let odd = try #require(Self.odd.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        try await shown("q=img&group=\(odd)") { page in
            #expect(page.groups == [Self.odd] && page.document.contains("bill&lt;script&gt;"))
            #expect(!page.document.contains("<img") && !page.document.contains("bill<script>"))
        }
    }

    @Test func manyGroupsAreShownInParts() async throws {
        let many = Surveys.many(groups: 450, partitions: 1)
        try await shown("sort=-lag", of: many) { page in
            #expect(page.groups.count == 200 && page.groups.first == "service-449" && page.text(of: "more") == "Show 200 more of 250")
        }
        try await shown("sort=-lag&rows=400", of: many) { #expect($0.groups.count == 400 && $0.text(of: "more") == "Show 50 more of 50") }
        // A group that a link leads to is there, wherever it stands.
        try await shown("sort=-lag&group=service-3", of: many) { #expect($0.groups.first == "service-3" && $0.document.contains("class=\"detail\"")) }
    }

    /// Nothing was ever seen: that, and why.
    @Test func nothingToShow() async throws {
        let board = StatusBoard(.init(source: "us-west", target: "us-east"), version: "0.0-test", every: .seconds(30)) { throw Boards.Trouble() }
        await board.refresh()
        try await RunningServer.with(board) { server in
            let page = PageText(try await Browser.document(at: server.url))
            #expect(page.text(of: "verdict") == "waiting" && page.text(of: "banner").contains("'us-west' does not answer"))
            #expect(page.document.contains("<main hidden"))
        }
    }
}
