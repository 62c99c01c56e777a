import Foundation

/// The page for people: one document without anything from elsewhere, which asks this server's JSON and nothing else.
struct StatusPage: Sendable {
    /// What stands around the nonces.
    private let pieces: [Data]

    init() {
        let scripts = [
            PackageResources.text_js, PackageResources.charts_js, PackageResources.groups_js, PackageResources.detail_js, PackageResources.page_js,
        ]
        let style = String(decoding: PackageResources.page_css, as: UTF8.self), script = String(decoding: scripts.joined(), as: UTF8.self)
        pieces = String(decoding: PackageResources.page_html, as: UTF8.self)
            .replacingOccurrences(of: "/*STYLE*/", with: style).replacingOccurrences(of: "/*SCRIPT*/", with: script)
            .components(separatedBy: "NONCE").map { Data($0.utf8) }
    }

    /// With a nonce that nobody can know before: only this document's own script and style run.
    func answer() -> Answer {
        let nonce = (0..<2).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined()
        let body = pieces.dropLast().flatMap { [$0, Data(nonce.utf8)] } + pieces.suffix(1)
        return Answer(status: .ok, type: "text/html; charset=utf-8", body: body, headers: [Self.policy(nonce)])
    }

    private static func policy(_ nonce: String) -> String {
        "Content-Security-Policy: default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; connect-src 'self'; "
            + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }
}
