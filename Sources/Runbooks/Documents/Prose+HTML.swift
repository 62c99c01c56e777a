extension [Block] {
    /// One file that needs nothing from elsewhere.
    ///
    /// - Parameter title: Of the window.
    func html(title: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="color-scheme" content="light dark">
        <title>\(title.onOneLine.htmlEscaped)</title>
        <style>
        \(String(decoding: PackageResources.report_css, as: UTF8.self))</style>
        </head>
        <body>
        <main>
        \(map(\.html).joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }
}

extension Block {
    fileprivate var html: String {
        switch self {
        case .heading(let level, let prose): "<h\(level)>\(prose.html)</h\(level)>"
        case .paragraph(let prose): "<p>\(prose.html)</p>"
        case .list(let items): "<ul>\n\(items.map { "<li>\($0.html)</li>" }.joined(separator: "\n"))\n</ul>"
        case .code(let text): "<pre><code>\(Value.harmless(text).htmlEscaped)</code></pre>"
        case .facts(let facts):
            "<dl>\n\(facts.map { "<div><dt>\($0.name.htmlEscaped)</dt><dd>\($0.value.html)</dd></div>" }.joined(separator: "\n"))\n</dl>"
        case .table(let header, let rows): Self.table(header, rows)
        case .banner(let prose, let tone): "<p class=\"banner \(tone.rawValue)\">\(prose.html)</p>"
        }
    }

    /// Roles are said, because a narrow page shows rows as blocks, and browsers then take them for no table any more.
    private static func table(_ header: [String], _ rows: [[Prose]]) -> String {
        let head = header.map { "<th role=\"columnheader\" scope=\"col\">\($0.htmlEscaped)</th>" }.joined()
        let body = rows.map { row in
            let cells = zip(header, row).map { name, cell in
                "<td role=\"cell\" data-name=\"\(name.htmlEscaped)\">\(cell.isEmpty ? "" : "<div>\(cell.html)</div>")</td>"
            }
            return "<tr role=\"row\">\(cells.joined())</tr>"
        }
        return """
            <table role="table">
            <thead role="rowgroup"><tr role="row">\(head)</tr></thead>
            <tbody role="rowgroup">
            \(body.joined(separator: "\n"))
            </tbody>
            </table>
            """
    }
}

extension Prose {
    fileprivate var html: String {
        parts.map { part in
            switch part {
            case .plain(let text): text.onOneLine.htmlEscaped
            case .strong(let text): "<strong>\(text.onOneLine.htmlEscaped)</strong>"
            case .code(let text): "<code>\(text.onOneLine.htmlEscaped)</code>"
            case .badge(let text, let tone): "<span class=\"badge \(tone.rawValue)\">\(text.onOneLine.htmlEscaped)</span>"
            }
        }.joined()
    }
}

extension String {
    /// Also within an attribute's quotes.
    fileprivate var htmlEscaped: String {
        replacingScalars { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }
}
