/// The client property names that configurations hold: Kafka's Java clients' and librdkafka's.
enum ClientNames {
    /// Whether MirrorMaker gives a property that is set for a cluster, or for all, to every client
    /// (`MirrorClientConfig.CLIENT_CONFIG_DEF`): where the cluster is and how to get in.
    static func isShared(_ name: String) -> Bool {
        name == "bootstrap.servers" || name == "security.protocol" || name == "enable.ssl.certificate.verification"
            || name.hasPrefix("ssl.") || name.hasPrefix("sasl.")
    }

    static let all: Set<String> = Set(native).union(renamed.keys).union(javaOnly).union(translated.keys)

    static let shared: Set<String> = all.filter(isShared)

    /// Java names whose librdkafka name differs and whose values do not (or are counted differently, see `factor`).
    static let renamed: [String: (name: String, divisor: Int64)] = [
        "request.timeout.ms": ("socket.timeout.ms", 1),
        "fetch.max.wait.ms": ("fetch.wait.max.ms", 1),
        "receive.buffer.bytes": ("socket.receive.buffer.bytes", 1),
        "send.buffer.bytes": ("socket.send.buffer.bytes", 1),
        "max.request.size": ("message.max.bytes", 1),
        "buffer.memory": ("queue.buffering.max.kbytes", 1024),
    ]

    /// Java names that need more than another name; `ClientPropertyMapping` knows each. With what becomes of them.
    static let translated: [String: String] = [
        "security.protocol": "`security.protocol`, in lower case",
        "sasl.mechanism": "`sasl.mechanisms`; `AWS_MSK_IAM` and unknown mechanisms are refused",
        "sasl.jaas.config":
            "`PlainLoginModule`, `ScramLoginModule`: `sasl.username`, `sasl.password`. "
            + "`OAuthBearerLoginModule`: `sasl.oauthbearer.*` (client credentials, or unsecured tokens for tests). "
            + "`Krb5LoginModule`: `sasl.kerberos.principal`, `.keytab`, `.service.name`, `.kinit.cmd`. Others are refused",
        "sasl.login.callback.handler.class":
            "Kafka's `OAuthBearerLoginCallbackHandler`: `sasl.oauthbearer.method=oidc`; others are refused",
        "sasl.client.callback.handler.class": "warned of as ineffective",
        "sasl.kerberos.kinit.cmd": "a shell command, or the path of kinit, as Java has it; used with a keytab",
        "sasl.oauthbearer.token.endpoint.url": "`sasl.oauthbearer.token.endpoint.url`; only http and https",
        "sasl.oauthbearer.client.credentials.client.id": "`sasl.oauthbearer.client.id`",
        "sasl.oauthbearer.client.credentials.client.secret": "`sasl.oauthbearer.client.secret`",
        "ssl.truststore.location": "type PEM: `ssl.ca.location`; JKS and PKCS#12 are refused with the command that converts them",
        "ssl.truststore.type": "says what the trust store is",
        "ssl.truststore.password": "no effect on PEM",
        "ssl.truststore.certificates": "`ssl.ca.pem`",
        "ssl.keystore.location":
            "type PEM: `ssl.key.location` and `ssl.certificate.location`; PKCS#12: `ssl.keystore.location`; "
            + "JKS is refused with the command that converts it",
        "ssl.keystore.type": "says what the key store is",
        "ssl.keystore.password": "`ssl.keystore.password`",
        "ssl.keystore.key": "`ssl.key.pem`",
        "ssl.keystore.certificate.chain": "`ssl.certificate.pem`",
        "ssl.key.password": "`ssl.key.password`; for PKCS#12 `ssl.keystore.password`",
        "ssl.endpoint.identification.algorithm": "empty: `none`; else the same in lower case",
        "ssl.cipher.suites": "OpenSSL's names are kept; Java's are warned of as ineffective",
    ]

    /// What every command sets itself, or what would reach beyond configuration.
    static let controlled: [String: String] = [
        "enable.auto.commit": "offsets are never committed automatically; MirrorMaker forces this too",
        "enable.auto.offset.store": "offsets are never committed automatically",
        "auto.commit.interval.ms": "offsets are never committed automatically",
        "group.id": "every command names its groups itself",
        "group.instance.id": "every command names its groups itself",
        "partition.assignment.strategy": "partitions are assigned, not subscribed to",
        "plugin.library.paths": "code is not loaded from configuration",
        "interceptors": "code is not loaded from configuration",
    ]

    /// Java names with no counterpart.
    static let javaOnly: Set<String> = [
        "max.poll.records", "max.block.ms", "default.api.timeout.ms", "client.dns.lookup", "key.serializer",
        "value.serializer", "key.deserializer", "value.deserializer", "interceptor.classes", "metric.reporters",
        "metrics.num.samples", "metrics.recording.level", "metrics.sample.window.ms", "enable.metrics.push",
        "auto.include.jmx.reporter", "partitioner.class", "partitioner.adaptive.partitioning.enable",
        "partitioner.availability.timeout.ms", "partitioner.ignore.keys", "exclude.internal.topics",
        "group.protocol", "group.remote.assignor", "retry.backoff.max.ms", "socket.connection.setup.timeout.max.ms",
        "metadata.max.idle.ms", "metadata.recovery.strategy", "metadata.recovery.rebootstrap.trigger.ms",
        "compression.gzip.level", "compression.lz4.level", "compression.zstd.level", "bootstrap.controllers",
        "security.providers", "ssl.protocol", "ssl.enabled.protocols", "ssl.provider", "ssl.keymanager.algorithm",
        "ssl.trustmanager.algorithm", "ssl.secure.random.implementation", "ssl.engine.factory.class",
        "sasl.login.class", "sasl.login.connect.timeout.ms", "sasl.login.read.timeout.ms",
        "sasl.login.refresh.buffer.seconds", "sasl.login.refresh.min.period.seconds",
        "sasl.login.refresh.window.factor", "sasl.login.refresh.window.jitter", "sasl.login.retry.backoff.max.ms",
        "sasl.login.retry.backoff.ms", "sasl.kerberos.ticket.renew.jitter", "sasl.kerberos.ticket.renew.window.factor",
        "sasl.oauthbearer.clock.skew.seconds", "sasl.oauthbearer.expected.audience",
        "sasl.oauthbearer.expected.issuer", "sasl.oauthbearer.header.urlencode",
        "sasl.oauthbearer.jwks.endpoint.refresh.ms", "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms",
        "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms", "sasl.oauthbearer.jwks.endpoint.url",
        "sasl.oauthbearer.scope.claim.name", "sasl.oauthbearer.sub.claim.name",
    ]

    /// librdkafka's names, for “did you mean”; whether a name works is asked of the linked librdkafka.
    static let native: [String] = """
        acks allow.auto.create.topics api.version.fallback.ms api.version.request api.version.request.timeout.ms \
        auto.commit.interval.ms auto.offset.reset batch.num.messages batch.size bootstrap.servers broker.address.family \
        broker.address.ttl broker.version.fallback check.crcs client.id client.rack compression.codec compression.level \
        compression.type connections.max.idle.ms coordinator.query.interval.ms debug delivery.timeout.ms \
        enable.auto.commit enable.auto.offset.store enable.gapless.guarantee enable.idempotence enable.partition.eof \
        enable.sasl.oauthbearer.unsecure.jwt enable.ssl.certificate.verification fetch.error.backoff.ms fetch.max.bytes \
        fetch.message.max.bytes fetch.min.bytes fetch.wait.max.ms group.id group.instance.id heartbeat.interval.ms \
        interceptors isolation.level linger.ms log.connection.close log_level max.in.flight \
        max.in.flight.requests.per.connection max.partition.fetch.bytes max.poll.interval.ms message.copy.max.bytes \
        message.max.bytes message.send.max.retries message.timeout.ms metadata.broker.list metadata.max.age.ms \
        partition.assignment.strategy partitioner plugin.library.paths queue.buffering.backpressure.threshold \
        queue.buffering.max.kbytes queue.buffering.max.messages queue.buffering.max.ms queued.max.messages.kbytes \
        queued.min.messages receive.message.max.bytes reconnect.backoff.max.ms reconnect.backoff.ms request.required.acks \
        retries retry.backoff.ms sasl.kerberos.keytab sasl.kerberos.kinit.cmd sasl.kerberos.min.time.before.relogin \
        sasl.kerberos.principal sasl.kerberos.service.name sasl.mechanism sasl.mechanisms sasl.oauthbearer.client.id \
        sasl.oauthbearer.client.secret sasl.oauthbearer.config sasl.oauthbearer.extensions sasl.oauthbearer.method \
        sasl.oauthbearer.scope sasl.oauthbearer.token.endpoint.url sasl.password sasl.username security.protocol \
        session.timeout.ms socket.connection.setup.timeout.ms socket.keepalive.enable socket.max.fails \
        socket.nagle.disable socket.receive.buffer.bytes socket.send.buffer.bytes socket.timeout.ms ssl.ca.location \
        ssl.ca.pem ssl.certificate.location ssl.certificate.pem ssl.cipher.suites ssl.crl.location ssl.curves.list \
        ssl.endpoint.identification.algorithm ssl.engine.id ssl.engine.location ssl.key.location ssl.key.password \
        ssl.key.pem ssl.keystore.location ssl.keystore.password ssl.providers ssl.sigalgs.list statistics.interval.ms \
        sticky.partitioning.linger.ms topic.metadata.refresh.interval.ms transaction.timeout.ms transactional.id
        """.split(separator: " ").map(String.init)
}
