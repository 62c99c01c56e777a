import Foundation

/// Ends this process, and runs nothing that libraries have registered for its end: OpenSSL takes itself apart there, while
/// threads of clients that are being closed still use it, and some runs over TLS would end in a crash after their work was done.
func end(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
}
