internal import Cutover
internal import Foundation
internal import KafkaClient
internal import OffsetTranslate

/// Makes checks of what was seen of how a cluster is reached. Pure.
public struct ClusterJudge: Sendable {
    public var facts: ClusterFacts
    /// Milliseconds since the epoch.
    public var now: Int64

    public init(_ facts: ClusterFacts, now: Int64) {
        self.facts = facts
        self.now = now
    }

    public var checks: [DoctorCheck] { [credentials, addresses, brokers, brokerAddresses] }

    // MARK: Addresses

    private var addresses: DoctorCheck {
        let bad = facts.addresses.filter { !$0.isConnected }, all = facts.addresses.count
        return DoctorCheck(
            .addresses, bad.isEmpty ? .pass : bad.count == all ? .fail : .warn,
            bad.isEmpty ? "each of \(all) can be connected to" : "\(all - bad.count) of \(all) can be connected to", of: facts.alias,
            findings: bad.map(\.sentence).shortened(to: 10),
            remedy: bad.isEmpty ? nil : "See to bootstrap.servers, to this machine's names (DNS), and to what lies between: " + Self.remedy(bad))
    }

    /// What is most likely to help.
    private static func remedy(_ bad: [ClusterFacts.Address]) -> String {
        let outcomes = bad.map(\.outcome)
        if outcomes.contains(where: { if case .silent = $0 { true } else { false } }) { return "a firewall that drops packets, or a route, is behind silence." }
        if outcomes.contains(where: { if case .refused = $0 { true } else { false } }) { return "the machine is there, and nothing listens on that port: another port, or the broker is down." }
        return "the name has to be known here."
    }

    private var brokers: DoctorCheck {
        switch facts.brokers {
        case nil: DoctorCheck(.brokers, .unknown, "they were not asked, as nothing can be connected to", of: facts.alias)
        case .failure(let error)?:
            DoctorCheck(
                .brokers, .fail, "they can be connected to, and the client gets no further: \(error.message)", of: facts.alias,
                remedy: Self.isSilence(error) ? "Something else may be spoken there than \(facts.usesTLS ? "TLS" : "plain text"): security.protocol has to be that of the listener. --verbose shows the client's own log."
                    : error.advice ?? "--verbose shows the client's own log.")
        case .success(let brokers)?:
            DoctorCheck(
                .brokers, .pass, "\(counted(brokers.count, "broker")) of the cluster \(facts.clusterID ?? "without an id")" + (facts.usesTLS ? ", over TLS" : "") + (facts.usesSASL ? ", signed in" : ""),
                of: facts.alias, value: Double(brokers.count), unit: .count)
        }
    }

    /// No reason was given: of a port that can be connected to, that is mostly a listener for another protocol.
    private static func isSilence(_ error: KafkaError) -> Bool {
        [.timedOut, .transport, .allBrokersDown].contains(error.code) || error.message.contains("PLAINTEXT broker listener")
    }

    private var brokerAddresses: DoctorCheck {
        guard case .success? = facts.brokers else { return DoctorCheck(.brokerAddresses, .unknown, "they are told by the brokers alone", of: facts.alias) }
        let bad = facts.advertised.filter { !$0.isConnected }
        return DoctorCheck(
            .brokerAddresses, bad.isEmpty ? .pass : .fail,
            bad.isEmpty ? "each broker can be connected to where it says it is" : "\(counted(bad.count, "broker")) of \(facts.advertised.count) can't be connected to where they say they are",
            of: facts.alias, findings: bad.map(\.sentence).shortened(to: 10),
            remedy: bad.isEmpty ? nil : "What these brokers lead can't be read or written from here: see to their advertised.listeners, and to names and firewalls here.")
    }

    // MARK: Certificates and keys

    private var credentials: DoctorCheck {
        let seen = facts.credentials.map { CredentialJudge(facts: $0, now: now / 1000) }
        let findings = seen.flatMap(\.findings)
        guard !seen.isEmpty else {
            return DoctorCheck(
                .credentials, .pass,
                facts.usesTLS ? "the system's trusted certificates, and no file" : facts.usesSASL ? "no file: names and passwords stand in the configuration"
                    : "none: its connections are not encrypted, and nobody signs in", of: facts.alias)
        }
        let status: CheckStatus = findings.contains { $0.status == .fail } ? .fail : findings.isEmpty ? .pass : .warn
        return DoctorCheck(
            .credentials, status, seen.map(\.evidence).joined(separator: "; "), of: facts.alias, findings: findings.map(\.text).shortened(to: 10),
            remedy: findings.first { $0.status == status }?.remedy)
    }
}

extension ClusterFacts.Address {
    /// What came of it.
    var sentence: String {
        switch outcome {
        case .connected(let place): "\(name): connected to \(place)"
        case .malformed: "\(name): this is no host:port"
        case .unresolved(let reason): "\(name): the name is not known here (\(reason))"
        case .resolverSilent: "\(name): whoever resolves names here does not answer"
        case .refused(let place): "\(name): refused by \(place): nothing listens there"
        case .silent(let place): "\(name): no answer from \(place) in time"
        case .failed(let place, let reason): "\(name): \(place): \(reason)"
        }
    }
}
