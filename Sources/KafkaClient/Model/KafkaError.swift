internal import CRdkafka

/// What went wrong with a request to a cluster, with everything needed to say it to a person.
///
/// `code` is librdkafka's (negative: raised in the client, positive: the broker's protocol code).
public struct KafkaError: Error, Sendable, Hashable, Codable {
    /// A librdkafka or Kafka protocol error code. Open: codes of newer brokers pass through.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// librdkafka's name of the code, such as `NOT_COORDINATOR`.
        public var description: String {
            rd_kafka_err2name(rd_kafka_resp_err_t(rawValue)).map { String(cString: $0) } ?? "ERR_\(rawValue)"
        }

        init(_ error: rd_kafka_resp_err_t) { rawValue = error.rawValue }
    }

    public var code: Code
    /// What the broker or the client said.
    public var message: String
    /// What was being done, such as "commit offsets".
    public var operation: String
    public var cluster: String?
    public var topic: String?
    public var partition: Int32?
    public var group: String?
    /// The same request may succeed later.
    public var isRetriable: Bool
    /// The client can't be used any more.
    public var isFatal: Bool

    public init(
        _ code: Code, _ operation: String, cluster: String? = nil, topic: String? = nil, partition: Int32? = nil,
        group: String? = nil, message: String? = nil, isRetriable: Bool? = nil, isFatal: Bool = false
    ) {
        self.code = code
        self.operation = operation
        self.cluster = cluster
        self.topic = topic
        self.partition = partition
        self.group = group
        self.message = message ?? String(cString: rd_kafka_err2str(rd_kafka_resp_err_t(code.rawValue)))
        self.isRetriable = isRetriable ?? Code.retriable.contains(code)
        self.isFatal = isFatal
    }
}

extension KafkaError.Code {
    /// For a reason that has no code of its own.
    public static let failed = Self(RD_KAFKA_RESP_ERR__FAIL)
    public static let timedOut = Self(RD_KAFKA_RESP_ERR__TIMED_OUT)
    /// A record was not acknowledged within `message.timeout.ms`.
    public static let messageTimedOut = Self(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
    public static let transport = Self(RD_KAFKA_RESP_ERR__TRANSPORT)
    public static let allBrokersDown = Self(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    public static let authentication = Self(RD_KAFKA_RESP_ERR__AUTHENTICATION)
    public static let resolve = Self(RD_KAFKA_RESP_ERR__RESOLVE)
    public static let ssl = Self(RD_KAFKA_RESP_ERR__SSL)
    public static let invalidArgument = Self(RD_KAFKA_RESP_ERR__INVALID_ARG)
    public static let unsupportedFeature = Self(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
    public static let offsetOutOfLog = Self(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
    public static let queueFull = Self(RD_KAFKA_RESP_ERR__QUEUE_FULL)
    public static let destroyed = Self(RD_KAFKA_RESP_ERR__DESTROY)
    public static let unknownPartition = Self(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    public static let unknownTopic = Self(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
    public static let waitCoordinator = Self(RD_KAFKA_RESP_ERR__WAIT_COORD)
    public static let fenced = Self(RD_KAFKA_RESP_ERR__FENCED)
    public static let producerFenced = Self(RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
    public static let invalidProducerEpoch = Self(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
    /// Another producer has taken over the transactional id (KIP-98, KIP-588).
    public var isFencing: Bool { [.fenced, .producerFenced, .invalidProducerEpoch].contains(self) }
    public static let badMessage = Self(RD_KAFKA_RESP_ERR__BAD_MSG)

    public static let offsetOutOfRange = Self(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
    public static let unknownTopicOrPartition = Self(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    /// No name for a topic.
    public static let invalidTopic = Self(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)
    public static let leaderNotAvailable = Self(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
    public static let notLeader = Self(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION)
    public static let requestTimedOut = Self(RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT)
    public static let messageTooLarge = Self(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    public static let coordinatorLoadInProgress = Self(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS)
    public static let coordinatorNotAvailable = Self(RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE)
    public static let notCoordinator = Self(RD_KAFKA_RESP_ERR_NOT_COORDINATOR)
    public static let illegalGeneration = Self(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
    public static let unknownMember = Self(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
    public static let rebalanceInProgress = Self(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
    public static let topicAuthorizationFailed = Self(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
    public static let groupAuthorizationFailed = Self(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    public static let clusterAuthorizationFailed = Self(RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)
    public static let recordListTooLarge = Self(RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE)
    public static let invalidTimestamp = Self(RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP)
    /// A record before this one was not delivered, and none behind it may be (`enable.gapless.guarantee`).
    public static let gaplessGuarantee = Self(RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE)
    public static let purged = Self(RD_KAFKA_RESP_ERR__PURGE_QUEUE)
    public static let invalidRecord = Self(RD_KAFKA_RESP_ERR_INVALID_RECORD)
    public static let topicAlreadyExists = Self(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    public static let notEnoughReplicas = Self(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS)
    public static let invalidReplicationFactor = Self(RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR)
    public static let invalidPartitions = Self(RD_KAFKA_RESP_ERR_INVALID_PARTITIONS)
    /// Brokers don't know a setting, or don't take its value.
    public static let invalidConfiguration = Self(RD_KAFKA_RESP_ERR_INVALID_CONFIG)
    /// A policy of the brokers' (`create.topic.policy.class.name`, `alter.config.policy.class.name`) is against it.
    public static let policyViolation = Self(RD_KAFKA_RESP_ERR_POLICY_VIOLATION)

    public static let notController = Self(RD_KAFKA_RESP_ERR_NOT_CONTROLLER)
    /// The brokers have no authorizer.
    public static let securityDisabled = Self(RD_KAFKA_RESP_ERR_SECURITY_DISABLED)
    public static let groupIDNotFound = Self(RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND)
    /// Live members of the group subscribe to the topic.
    public static let groupSubscribedToTopic = Self(RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC)

    static let retriable: Set<Self> = [
        timedOut, messageTimedOut, transport, resolve, allBrokersDown, waitCoordinator, queueFull, leaderNotAvailable, notLeader,
        requestTimedOut, coordinatorLoadInProgress, coordinatorNotAvailable, notCoordinator,
        rebalanceInProgress, notEnoughReplicas, notController,
    ]
}

extension KafkaError: CustomStringConvertible {
    /// One line: what, where, why; and on a second line what to do, where there is something to do.
    public var description: String {
        var place: [String] = []
        if let group { place.append("group '\(group)'") }
        if let topic { place.append(partition.map { "\(topic)-\($0)" } ?? "topic '\(topic)'") }
        if let cluster { place.append("cluster '\(cluster)'") }
        let at = place.isEmpty ? "" : " (" + place.joined(separator: ", ") + ")"
        let line = "could not \(operation)\(at): \(message) [\(code)]"
        return advice.map { line + "\n  " + $0 } ?? line
    }

    /// The broker's side closed the connection before it said anything (librdkafka's own words). It may be there and want another
    /// `security.protocol`, so nobody may take it for lost; or it is down behind a proxy.
    public var isHangUp: Bool { [.timedOut, .transport, .allBrokersDown].contains(code) && message.contains("security.protocol") }

    /// The cluster is away, as far as can be told.
    public var meansAway: Bool { isRetriable && !isHangUp }

    /// What a person can do about it.
    public var advice: String? {
        let cluster = cluster.map { "'\($0)'" } ?? "the cluster"
        switch code {
        case _ where isHangUp:
            return "Something answers at the address of \(cluster), and hangs up: its listener may want another security.protocol, or a proxy answers "
                + "for brokers that are down. Check security.protocol; if the cluster is lost, --source-lost says so."
        case .timedOut, .messageTimedOut, .transport, .allBrokersDown, .resolve:
            return "No broker of \(cluster) answered in time. Check its bootstrap address, the network, and the security settings; "
                + "--timeout raises the deadline."
        case .authentication:
            return kerberosAdvice(for: cluster)
                ?? "\(cluster) refused the credentials: check sasl.mechanism, the user name and the password of this cluster's side."
        case .ssl where message.contains("SSL alert"):
            return "\(cluster) refused this client's certificate, or wants one and got none: check ssl.keystore.location (or ssl.keystore.key and "
                + "ssl.keystore.certificate.chain), who signed it, and its dates."
        case .ssl:
            return "The TLS handshake with \(cluster) failed: check the CA (ssl.truststore.location), the host name and the certificate's dates."
        case .unknownMember, .illegalGeneration, .rebalanceInProgress, .groupSubscribedToTopic:
            return "The group has live members there, or is rebalancing: stop its consumers, wait for the session timeout, and try again."
        case .topicAuthorizationFailed:
            return "The principal lacks an ACL on this topic (READ to read it, WRITE to write it, DESCRIBE to see it, "
                + "DESCRIBE_CONFIGS and ALTER_CONFIGS to read and change its settings, ALTER to add partitions)."
        case .groupAuthorizationFailed:
            return "The principal lacks READ on this group (DESCRIBE is enough to look at its offsets)."
        case .clusterAuthorizationFailed:
            return "The principal lacks the needed cluster ACL (DESCRIBE to list groups or ACLs, CREATE to create topics, ALTER to change "
                + "ACLs)."
        case .unknownTopicOrPartition, .unknownTopic, .unknownPartition:
            return "Check the topic's name, the replication policy and the cluster it is expected on."
        case .offsetOutOfLog, .offsetOutOfRange:
            return "The offset is not in the log any more (retention), or the topic was re-created."
        case .invalidReplicationFactor:
            return "The cluster has fewer brokers than that: set replication.factor, offset-syncs.topic.replication.factor, "
                + "checkpoints.topic.replication.factor and heartbeats.topic.replication.factor."
        case .invalidConfiguration:
            return "These brokers do not take one of the settings; config.properties.exclude keeps it from being copied."
        case .policyViolation:
            return "A policy of the brokers is against it (create.topic.policy.class.name, alter.config.policy.class.name)."
        case .securityDisabled:
            return "Without an authorizer (authorizer.class.name) nobody can be kept from writing by an ACL: fence the writers elsewhere."
        case .notController:
            return "While a controller is being elected this passes. The embedded clusters have none and can't do it at all."
        case .unsupportedFeature:
            return "The brokers of \(cluster), or this client, do not offer this request (the embedded clusters lack most admin requests)."
        default: return nil
        }
    }
}
