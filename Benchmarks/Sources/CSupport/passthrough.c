#include "passthrough.h"
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH = 4096, MAX_PARTITIONS = 1024 };

static int64_t delivered;
static char failure[256];

static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *message, void *opaque) {
    (void)producer;
    (void)opaque;
    if (message->err)
        snprintf(failure, sizeof(failure), "not delivered: %s", rd_kafka_err2str(message->err));
    else
        delivered++;
    rd_kafka_message_destroy(message->_private);
}

static rd_kafka_t *open_client(rd_kafka_type_t type, const char *const (*properties)[2], const char *brokers) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, "bootstrap.servers", brokers, failure, sizeof(failure));
    for (; result == RD_KAFKA_CONF_OK && (*properties)[0]; properties++)
        result = rd_kafka_conf_set(conf, (*properties)[0], (*properties)[1], failure, sizeof(failure));
    if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *client = result == RD_KAFKA_CONF_OK ? rd_kafka_new(type, conf, failure, sizeof(failure)) : NULL;
    /* Only a client that was made has taken it over. */
    if (!client) rd_kafka_conf_destroy(conf);
    /* A property of topics leaves a complaint behind though it was taken. */
    else failure[0] = 0;
    return client;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double process_cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int64_t process_peak_bytes(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (int64_t)usage.ru_maxrss * 1024;
}

passthrough_result passthrough(const char *source, const char *source_topic, const char *target, const char *target_topic,
                               int partitions, int64_t records, int timeout_ms) {
    static const char *const reading[][2] = {
        {"log_level", "4"}, {"fetch.wait.max.ms", "50"}, {"queued.min.messages", "1000000"},
        {"queued.max.messages.kbytes", "262144"}, {"enable.auto.commit", "false"}, {NULL, NULL}};
    static const char *const writing[][2] = {
        {"log_level", "4"}, {"enable.idempotence", "true"}, {"linger.ms", "5"}, {NULL, NULL}};
    passthrough_result result = {0};
    delivered = 0;
    rd_kafka_t *consumer = open_client(RD_KAFKA_CONSUMER, reading, source);
    rd_kafka_t *producer = consumer ? open_client(RD_KAFKA_PRODUCER, writing, target) : NULL;
    if (!producer) {
        memcpy(result.error, failure, sizeof(result.error));
        return result;
    }
    rd_kafka_topic_t *from = rd_kafka_topic_new(consumer, source_topic, NULL), *to = rd_kafka_topic_new(producer, target_topic, NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(consumer);
    double begun = now(), last = begun;
    for (int p = 0; p < partitions; p++) rd_kafka_consume_start_queue(from, p, RD_KAFKA_OFFSET_BEGINNING, queue);

    static rd_kafka_message_t *batch[BATCH];
    int64_t before = 0;
    while (delivered < records && !failure[0]) {
        ssize_t count = rd_kafka_consume_batch_queue(queue, 5, batch, BATCH);
        for (ssize_t i = 0; i < count; i++) {
            rd_kafka_message_t *message = batch[i];
            if (message->err) {
                rd_kafka_message_destroy(message);
                continue;
            }
            rd_kafka_timestamp_type_t type;
            while (rd_kafka_producev(producer, RD_KAFKA_V_RKT(to), RD_KAFKA_V_PARTITION(message->partition),
                                     RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_VALUE(message->payload, message->len),
                                     RD_KAFKA_V_KEY(message->key, message->key_len),
                                     RD_KAFKA_V_TIMESTAMP(rd_kafka_message_timestamp(message, &type)),
                                     RD_KAFKA_V_OPAQUE(message), RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
                rd_kafka_poll(producer, 5);
        }
        rd_kafka_poll(producer, 0);
        if (delivered > before) {
            before = delivered;
            last = now();
        } else if (now() - last > timeout_ms / 1e3)
            snprintf(failure, sizeof(failure), "nothing was delivered for %d ms", timeout_ms);
    }
    result.records = delivered;
    result.seconds = now() - begun;
    memcpy(result.error, failure, sizeof(result.error));
    rd_kafka_flush(producer, 1000);
    for (int p = 0; p < partitions; p++) rd_kafka_consume_stop(from, p);
    rd_kafka_topic_destroy(to);
    rd_kafka_topic_destroy(from);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(producer);
    rd_kafka_destroy(consumer);
    return result;
}
