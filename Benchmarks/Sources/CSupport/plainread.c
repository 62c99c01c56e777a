#include "plainread.h"
#include <librdkafka/rdkafka.h>
#include <stdio.h>

/* As the toolkit's reader sets them. */
static const char *properties[][2] = {
    {"client.id", "failover"},          {"allow.auto.create.topics", "false"},
    {"log_level", "4"},                 {"log.connection.close", "false"},
    {"fetch.wait.max.ms", "50"},        {"queued.min.messages", "1000000"},
    {"enable.partition.eof", "true"},   {"auto.offset.reset", "error"},
    {"enable.auto.commit", "false"},    {"enable.auto.offset.store", "false"},
};

enum { BATCH = 4096 };

static rd_kafka_t *open_client(const char *brokers, char *error, size_t size) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, size);
    for (size_t i = 0; result == RD_KAFKA_CONF_OK && i < sizeof(properties) / sizeof(*properties); i++)
        result = rd_kafka_conf_set(conf, properties[i][0], properties[i][1], error, size);
    rd_kafka_t *client = result == RD_KAFKA_CONF_OK ? rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, size) : NULL;
    /* Only a client that was made has taken it over. */
    if (!client) rd_kafka_conf_destroy(conf);
    /* A property of topics leaves a complaint behind though it was taken. */
    else error[0] = 0;
    return client;
}

/* Whether a record has a header: librdkafka makes a list of them for each record that is asked, also of none. */
static int has_header(rd_kafka_message_t *message, const char *name) {
    rd_kafka_headers_t *headers;
    const void *value;
    size_t size;
    return rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR
        && rd_kafka_header_get_last(headers, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

plainread_result plainread(const char *brokers, const char *topic, int timeout_ms, const char *header) {
    plainread_result result = {0};
    rd_kafka_t *client = open_client(brokers, result.error, sizeof(result.error));
    if (!client) return result;

    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    int started = handle && rd_kafka_consume_start_queue(handle, 0, RD_KAFKA_OFFSET_BEGINNING, queue) == 0;
    if (!started)
        snprintf(result.error, sizeof(result.error), "can't read %s: %s", topic, rd_kafka_err2str(rd_kafka_last_error()));

    static rd_kafka_message_t *batch[BATCH];
    for (int done = !started, idle = 0; !done;) {
        /* A batch is waited for until it is full: only for its first record here. */
        ssize_t count = rd_kafka_consume_batch_queue(queue, 100, batch, 1);
        if (count == 1) count += rd_kafka_consume_batch_queue(queue, 0, batch + 1, BATCH - 1);
        idle = count > 0 ? 0 : idle + 100;
        if (count < 0 || idle > timeout_ms) {
            snprintf(result.error, sizeof(result.error), "nothing came of %s", topic);
            break;
        }
        for (ssize_t i = 0; i < count; i++) {
            rd_kafka_message_t *message = batch[i];
            if (!message->err) {
                result.records++;
                result.bytes += (int64_t)(message->key_len + message->len);
                if (header && has_header(message, header)) result.marked++;
            } else {
                done = 1;
                if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
                    snprintf(result.error, sizeof(result.error), "%s: %s", topic, rd_kafka_message_errstr(message));
            }
            rd_kafka_message_destroy(message);
        }
    }
    if (started) rd_kafka_consume_stop(handle, 0);
    if (handle) rd_kafka_topic_destroy(handle);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(client);
    return result;
}
