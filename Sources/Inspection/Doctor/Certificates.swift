internal import CCrypto
internal import Foundation

/// A certificate, as far as it is looked at.
struct Certificate: Sendable, Hashable {
    /// As OpenSSL writes it on one line.
    var subject: String
    /// Seconds since the epoch.
    var validFrom: Int64
    var validTo: Int64
}

/// PEM and PKCS#12 by OpenSSL, as librdkafka reads them. No program is started, and nobody is asked for a password.
enum Certificates {
    /// Those of a PEM text, in order; none where it holds none.
    static func all(in pem: Data) -> [Certificate] { withCertificates(in: pem) { $0.compactMap(certificate) } }

    /// Whether a private key belongs to the first certificate; `nil` where either can't be read.
    static func key(_ key: Data, password: String?, fits pem: Data) -> Bool? {
        withCertificates(in: pem) { certificates in
            guard let certificate = certificates.first, let key = privateKey(key, password) else { return nil }
            defer { EVP_PKEY_free(key) }
            return X509_check_private_key(certificate, key) == 1
        }
    }

    /// Whether a text holds a private key that this password opens.
    static func opens(_ key: Data, password: String?) -> Bool {
        guard let key = privateKey(key, password) else { return false }
        EVP_PKEY_free(key)
        return true
    }

    /// The client's certificate in a PKCS#12 store, and whether the key in it fits; `nil` where it can't be opened with this password.
    static func store(_ data: Data, password: String?) -> (certificate: Certificate, keyFits: Bool)? {
        withBIO(data) { bio in
            // Ours, all of them: freed below.
            guard let store = d2i_PKCS12_bio(bio, nil) else { return nil }
            defer { PKCS12_free(store) }
            var key: OpaquePointer?, certificate: OpaquePointer?
            guard PKCS12_parse(store, password ?? "", &key, &certificate, nil) == 1 else { return nil }
            defer {
                EVP_PKEY_free(key)
                X509_free(certificate)
            }
            guard let certificate, let read = Self.certificate(certificate) else { return nil }
            return (read, key != nil && X509_check_private_key(certificate, key) == 1)
        }
    }

    // MARK: - OpenSSL

    private static func withBIO<Result>(_ data: Data, _ body: (OpaquePointer) -> Result?) -> Result? {
        data.withUnsafeBytes { bytes in
            // Reads from the bytes, and is gone before them.
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer {
                BIO_free(bio)
                ERR_clear_error()
            }
            return body(bio)
        }
    }

    private static func withCertificates<Result>(in pem: Data, _ body: ([OpaquePointer]) -> Result) -> Result {
        var all: [OpaquePointer] = []
        // Owned here.
        defer { all.forEach(X509_free) }
        _ = withBIO(pem) { bio -> Void? in
            while let next = PEM_read_bio_X509(bio, nil, nil, nil) { all.append(next) }
            return ()
        }
        return body(all)
    }

    /// The caller's.
    private static func privateKey(_ pem: Data, _ password: String?) -> OpaquePointer? {
        withBIO(pem) { bio in
            // A password that is there, if empty, keeps OpenSSL from asking at the terminal.
            (password ?? "").withCString { PEM_read_bio_PrivateKey(bio, nil, nil, UnsafeMutableRawPointer(mutating: $0)) }
        }
    }

    private static func certificate(_ raw: OpaquePointer) -> Certificate? {
        guard let from = seconds(X509_get0_notBefore(raw)), let to = seconds(X509_get0_notAfter(raw)) else { return nil }
        var subject = [CChar](repeating: 0, count: 256)
        X509_NAME_oneline(X509_get_subject_name(raw), &subject, Int32(subject.count))
        return Certificate(subject: String(decoding: subject.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self), validFrom: from, validTo: to)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Int64(timegm(&parts))
    }
}
