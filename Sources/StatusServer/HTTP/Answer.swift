import Foundation

/// What a client is answered.
struct Answer: Sendable {
    enum Status: Int, Sendable {
        case ok = 200
        case badRequest = 400
        case notFound = 404
        case methodNotAllowed = 405
        case tooLarge = 413
        case misdirected = 421
        case headTooLarge = 431
        case unavailable = 503
        case otherVersion = 505

        var phrase: String {
            switch self {
            case .ok: "OK"
            case .badRequest: "Bad Request"
            case .notFound: "Not Found"
            case .methodNotAllowed: "Method Not Allowed"
            case .tooLarge: "Content Too Large"
            case .misdirected: "Misdirected Request"
            case .headTooLarge: "Request Header Fields Too Large"
            case .unavailable: "Service Unavailable"
            case .otherVersion: "HTTP Version Not Supported"
            }
        }
    }

    var status: Status
    var type: String
    /// In pieces, so that nothing large is put together anew for each client.
    var body: [Data]
    var headers: [String] = []

    static func json(_ body: Data, _ status: Status = .ok) -> Self { Self(status: status, type: "application/json", body: [body]) }
    static func text(_ text: String, _ status: Status = .ok) -> Self {
        Self(status: status, type: "text/plain; charset=utf-8", body: [Data((text + "\n").utf8)])
    }

    static func refusal(_ refusal: RequestHead.Refusal) -> Self {
        switch refusal {
        case .malformed: .text("This is no HTTP/1.1 request.", .badRequest)
        case .tooLarge: .text("The request's header is too large.", .headTooLarge)
        case .hasBody: .text("This server only reads requests without a body.", .tooLarge)
        case .otherVersion: .text("This server speaks HTTP/1.1.", .otherVersion)
        }
    }

    /// Nothing of it may be kept, framed, or taken for something else.
    func head(isKeptAlive: Bool, now: time_t = time(nil)) -> Data {
        let lines = [
            "HTTP/1.1 \(status.rawValue) \(status.phrase)", "Content-Type: \(type)", "Content-Length: \(body.reduce(0) { $0 + $1.count })",
            "Date: \(Self.date(now))", "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
            "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin",
            "Connection: \(isKeptAlive ? "keep-alive" : "close")",
        ]
        return Data(((lines + headers).joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, in English wherever it runs.
    static func date(_ time: time_t) -> String {
        var time = time, parts = tm()
        gmtime_r(&time, &parts)
        let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(parts.tm_wday)]
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][Int(parts.tm_mon)]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day), \(two(parts.tm_mday)) \(month) \(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
