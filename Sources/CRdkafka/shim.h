#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

/* Swift can't call C variadics: this is rd_kafka_mock_broker_push_request_error_rtts() for one request. */
static inline rd_kafka_resp_err_t
crdkafka_mock_push_error_rtt(rd_kafka_mock_cluster_t *cluster, int32_t broker, int16_t api_key,
                             rd_kafka_resp_err_t error, int rtt_ms) {
    return rd_kafka_mock_broker_push_request_error_rtts(cluster, broker, api_key, 1, error, rtt_ms);
}

/* rd_kafka_producev() is a C variadic too. Hands on a consumed message's value where it lies: it must live until the delivery
 * report, which carries `opaque`. Headers are taken over on success only. The key is copied by librdkafka in any case. */
static inline rd_kafka_resp_err_t
crdkafka_forward(rd_kafka_t *producer, rd_kafka_topic_t *topic, int32_t partition, const rd_kafka_message_t *message,
                 int64_t timestamp, rd_kafka_headers_t *headers, void *opaque) {
    if (headers)
        return rd_kafka_producev(producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(0),
                                 RD_KAFKA_V_VALUE(message->payload, message->len),
                                 RD_KAFKA_V_KEY(message->key, message->key_len), RD_KAFKA_V_TIMESTAMP(timestamp),
                                 RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
    return rd_kafka_producev(producer, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_MSGFLAGS(0),
                             RD_KAFKA_V_VALUE(message->payload, message->len),
                             RD_KAFKA_V_KEY(message->key, message->key_len), RD_KAFKA_V_TIMESTAMP(timestamp),
                             RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
}
