import Foundation
import KafkaClient
import Runbooks
import Synchronization
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One request, and its answer up to a size. It follows no redirection: headers may hold secrets, which are for one place.
final class WebFetch: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var body = Data()
        var continuation: CheckedContinuation<HTTPAnswer, any Error>?
    }
    private static let limit = 1 << 20
    private let state = Mutex(State())

    static func fetch(_ question: HTTPQuestion) async throws -> HTTPAnswer {
        guard let url = URL(string: question.url), ["http", "https"].contains(url.scheme?.lowercased()), url.host?.isEmpty == false else {
            throw WebError(description: "is no address such as https://HOST/PATH")
        }
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: max(1, Double(question.timeout.milliseconds) / 1000))
        request.httpMethod = question.method
        for (name, value) in question.headers { request.setValue(value, forHTTPHeaderField: name) }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForResource = request.timeoutInterval
        configuration.httpShouldSetCookies = false
        let fetch = WebFetch()
        let session = URLSession(configuration: configuration, delegate: fetch, delegateQueue: nil)
        defer { session.invalidateAndCancel() }
        let task = session.dataTask(with: request)
        return try await withCheckedThrowingContinuation { continuation in
            fetch.state.withLock { $0.continuation = continuation }
            task.resume()
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isFull = state.withLock { state in
            state.body += data.prefix(max(0, Self.limit - state.body.count))
            return state.body.count >= Self.limit
        }
        guard isFull else { return }
        finish(dataTask, nil)
        dataTask.cancel()
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) { completionHandler(nil) }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) { finish(task, error) }

    private func finish(_ task: URLSessionTask, _ error: (any Error)?) {
        let (continuation, body) = state.withLock { state in
            defer { state.continuation = nil }
            return (state.continuation, state.body)
        }
        if let error { return continuation?.resume(throwing: WebError(description: error.localizedDescription)) ?? () }
        guard let response = task.response as? HTTPURLResponse else { return continuation?.resume(throwing: WebError(description: "gave no answer")) ?? () }
        continuation?.resume(returning: HTTPAnswer(status: response.statusCode, body: body))
    }
}

struct WebError: Error, CustomStringConvertible {
    var description: String
}
