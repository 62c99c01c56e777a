internal import CRdkafka
internal import Foundation

/// Cluster-wide questions and topic administration, on one connection; every call blocks its own thread only.
actor Admin {
    private let executor = BlockingExecutor(label: "kafka.admin")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let handle: ClientHandle
    private let timeout: Duration
    /// A broker has, ever: what it refuses after that may pass.
    private var hasAnswered = false

    init(cluster: String, properties: ClientProperties, timeout: Duration, log: ClientLog?) throws(KafkaError) {
        self.timeout = timeout
        handle = try ClientHandle(.consumer, cluster: cluster, properties: properties, log: log)
    }

    var deadline: Deadline { Deadline(after: timeout) }

    func clusterID() throws(KafkaError) -> String? {
        _ = try topics()  // Says why, where no broker answers; clusterid below would only say nothing.
        guard let id = rd_kafka_clusterid(handle.raw, deadline.milliseconds()) else { return nil }
        defer { rd_kafka_mem_free(handle.raw, id) }
        return String(cString: id)
    }

    /// Asks for all topics: naming one would create it on the embedded clusters.
    func topics() throws(KafkaError) -> [String: Int] {
        try metadata { metadata in
            UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
                .filter { $0.err == RD_KAFKA_RESP_ERR_NO_ERROR }
                .reduce(into: [:]) { $0[String(cString: $1.topic)] = Int($1.partition_cnt) }
        }
    }

    func brokers() throws(KafkaError) -> [Broker] {
        try metadata { metadata in
            UnsafeBufferPointer(start: metadata.brokers, count: Int(metadata.broker_cnt))
                .map { Broker(id: $0.id, host: String(cString: $0.host), port: $0.port) }.sorted { $0.id < $1.id }
        }
    }

    private func metadata<Result>(_ body: (rd_kafka_metadata) -> Result) throws(KafkaError) -> Result {
        let deadline = deadline
        var metadata: UnsafePointer<rd_kafka_metadata>?
        // First a part of the time: whom nobody has let in by then need not wait for the rest to be told so.
        var code = rd_kafka_metadata(handle.raw, 1, nil, &metadata, deadline.milliseconds(atMost: hasAnswered ? .max : 2000))
        if [RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TRANSPORT].contains(code), !handle.diagnostics.isRefused, !deadline.hasPassed {
            code = rd_kafka_metadata(handle.raw, 1, nil, &metadata, deadline.milliseconds())
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { throw handle.error(code, "read the cluster's metadata") }
        hasAnswered = true
        // Ours, with everything it points at.
        defer { rd_kafka_metadata_destroy(metadata) }
        return body(metadata.pointee)
    }

    /// One request per leader for starts and one for ends, however many partitions.
    func logBounds(of partitions: [TopicPartition]) throws(KafkaError) -> [TopicPartition: LogBounds] {
        let known = try topics()
        let existing = partitions.filter { $0.partition >= 0 && Int($0.partition) < known[$0.topic] ?? 0 }
        guard !existing.isEmpty else { return [:] }
        let operation = "read log start and end offsets"
        func all(at mark: Int32) throws(KafkaError) -> [TopicPartition: Int64] {
            try offsets(existing.map { ($0, Int64(mark)) }, operation) { $0 >= 0 }
        }
        let starts = try all(at: RD_KAFKA_OFFSET_BEGINNING)
        let ends = try all(at: RD_KAFKA_OFFSET_END)
        return starts.reduce(into: [:]) { bounds, start in
            if let end = ends[start.key] { bounds[start.key] = LogBounds(start: start.value, end: max(start.value, end)) }
        }
    }

    /// One request per leader, however many partitions.
    func offsets(atOrAfter timestamps: [TopicPartition: Int64]) throws(KafkaError) -> [TopicPartition: Int64] {
        let operation = "look up offsets by timestamp"
        if let (partition, timestamp) = timestamps.first(where: { $0.value < 0 }) {
            throw KafkaError(
                .invalidArgument, operation, cluster: handle.cluster, topic: partition.topic, partition: partition.partition,
                message: "there is no timestamp \(timestamp)")
        }
        let known = try topics()
        let existing = timestamps.filter { $0.key.partition >= 0 && Int($0.key.partition) < known[$0.key.topic] ?? 0 }
        guard !existing.isEmpty else { return [:] }
        // -1 is the answer where there is no such record.
        return try offsets(existing.map { ($0.key, $0.value) }, operation) { $0 >= -1 }.filter { $0.value >= 0 }
    }

    /// ListOffsets takes the marks "earliest" and "latest" in place of a timestamp (Kafka's ListOffsetsRequest).
    private func offsets(
        _ questions: [(partition: TopicPartition, timestamp: Int64)], _ operation: String, isAnswer: (Int64) -> Bool
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        let deadline = deadline
        while true {
            let list = PartitionList(capacity: questions.count)
            for question in questions { list.add(question.partition, offset: question.timestamp) }
            let code = rd_kafka_offsets_for_times(handle.raw, list.raw, deadline.milliseconds())
            let entries = list.entries
            let failed = entries.first { $0.error != RD_KAFKA_RESP_ERR_NO_ERROR || !isAnswer($0.offset) }
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, failed == nil {
                return entries.reduce(into: [:]) { $0[$1.partition] = $1.offset }
            }
            let reason = code != RD_KAFKA_RESP_ERR_NO_ERROR ? code : failed?.error ?? code
            let error = handle.error(
                reason == RD_KAFKA_RESP_ERR_NO_ERROR ? RD_KAFKA_RESP_ERR__BAD_MSG : reason, operation,
                topic: failed?.partition.topic, partition: failed?.partition.partition)
            // A leader that has moved, or a topic so new that its leader does not know yet.
            guard error.isRetriable, deadline.remaining > .milliseconds(100) else { throw error }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    func groups() async throws -> [GroupListing] {
        try await retrying { (deadline: Deadline) throws(KafkaError) in try self.list(nil, deadline) }
    }

    /// A few groups are asked for by name; but each time that makes every broker list its groups, so for more one listing of
    /// all is cheaper.
    func groups(named names: Set<String>) async throws -> [String: GroupListing] {
        guard !names.isEmpty else { return [:] }
        let questions: [String?] = names.count > 4 ? [nil] : names.sorted()
        return try await retrying { (deadline: Deadline) throws(KafkaError) in
            var listings: [String: GroupListing] = [:]
            for question in questions {
                for listing in try self.list(question, deadline) where names.contains(listing.name) && listing.state != .dead {
                    listings[listing.name] = listing
                }
            }
            return listings
        }
    }

    /// ListGroups and DescribeGroups in one call. It takes another path than librdkafka's DescribeConsumerGroups, which
    /// frees memory too early when a broker can't be asked (librdkafka #3663).
    private func list(_ name: String?, _ deadline: Deadline) throws(KafkaError) -> [GroupListing] {
        // Makes the brokers known first, and says why where none answers; the listing below would only time out.
        _ = try topics()
        var list: UnsafePointer<rd_kafka_group_list>?
        let code = rd_kafka_list_groups(handle.raw, name, &list, deadline.milliseconds())
        // Ours, also beside an error (a partial answer is not an answer).
        defer { list.map(rd_kafka_group_list_destroy) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { throw handle.error(code, "list consumer groups", group: name) }
        var listings: [GroupListing] = []
        for group in UnsafeBufferPointer(start: list.pointee.groups, count: Int(list.pointee.group_cnt)) {
            let name = String(cString: group.group)
            if group.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                let error = handle.error(group.err, "describe the consumer group", group: name)
                if error.isRetriable { throw error }
                // It exists: left out, it would pass for one that doesn't.
                listings.append(GroupListing(name: name, state: .unknown, memberCount: 0))
            } else if String(cString: group.protocol_type) != "connect" {
                listings.append(GroupListing(
                    name: name, state: GroupState(rawValue: String(cString: group.state)), memberCount: Int(group.member_cnt)))
            }
        }
        guard listings.contains(where: { $0.state == .dead }) else { return listings }
        let states = try listedStates(deadline)
        return listings.map {
            $0.state == .dead ? GroupListing(name: $0.name, state: states[$0.name] ?? .dead, memberCount: 0) : $0
        }
    }

    /// The states that brokers list, of which the description above knows nothing for groups of the newer consumer protocol
    /// (KIP-848): those are listed, and described as dead, however alive (`GroupMetadataManager.describeGroups`).
    private func listedStates(_ deadline: Deadline) throws(KafkaError) -> [String: GroupState] {
        let operation = "list consumer groups", handle = handle
        let event = try ask(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, operation, deadline) {
            rd_kafka_ListConsumerGroups(handle.raw, $0, $1)
        }
        let result = rd_kafka_event_ListConsumerGroups_result(event.raw)
        var count = 0
        if let errors = rd_kafka_ListConsumerGroups_result_errors(result, &count), count > 0, let error = errors[0] {
            throw handle.error(rd_kafka_error_code(error), operation, message: String(cString: rd_kafka_error_string(error)))
        }
        let groups = rd_kafka_ListConsumerGroups_result_valid(result, &count)
        return (0..<count).reduce(into: [:]) { states, index in
            guard let group = groups?[index] else { return }
            let state = rd_kafka_consumer_group_state_name(rd_kafka_ConsumerGroupListing_state(group))
            states[String(cString: rd_kafka_ConsumerGroupListing_group_id(group))] = GroupState(rawValue: state.map { String(cString: $0) } ?? "")
        }
    }

    // MARK: Requests to the controller

    /// Sends one admin request and waits for an answer without an error of its own.
    func ask(
        _ request: rd_kafka_admin_op_t, _ operation: String, topic: String? = nil, _ deadline: Deadline,
        options: (OpaquePointer) -> Void = { _ in }, send: (_ options: OpaquePointer?, _ queue: OpaquePointer) -> Void
    ) throws(KafkaError) -> AdminEvent {
        guard let event = handle.ask(request, deadline, options: options, send: send) else {
            throw handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, operation, topic: topic)
        }
        guard event.code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw answer(event.code, event.message, operation, topic: topic) }
        return event
    }

    /// A refusal, in words of our own where librdkafka's would mislead.
    func answer(_ code: rd_kafka_resp_err_t, _ message: String?, _ operation: String, topic: String? = nil) -> KafkaError {
        switch code {
        case RD_KAFKA_RESP_ERR_SECURITY_DISABLED:
            handle.error(
                code, operation, message: "the brokers of '\(handle.cluster)' have no authorizer: ACLs have no effect there")
        // Brokers answer, but name no controller.
        case RD_KAFKA_RESP_ERR__TIMED_OUT where message?.contains("controller") == true && (try? topics()) != nil:
            KafkaError(
                .notController, operation, cluster: handle.cluster, topic: topic,
                message: "the brokers named no controller, which alone can do this, within \(timeout)")
        // The whole request that a controller does not allow, as its broker's memory holds it.
        default: handle.error(code, operation, topic: topic, message: message.flatMap { $0.hasPrefix("Request Request(") ? nil : $0 })
        }
    }

    /// Repeats what a controller or a coordinator on the move made fail, until the deadline.
    func retrying<Answer>(_ attempt: (Deadline) throws(KafkaError) -> Answer) async throws -> Answer {
        let deadline = deadline
        while true {
            do throws(KafkaError) {
                return try attempt(deadline)
            } catch {
                guard error.isRetriable, deadline.remaining > .milliseconds(100) else { throw error }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
