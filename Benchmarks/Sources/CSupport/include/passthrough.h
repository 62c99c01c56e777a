#pragma once
#include <stdint.h>

/* What it took to bring a topic's records over. */
typedef struct {
    int64_t records;
    double seconds;
    char error[256];
} passthrough_result;

/* Hands each consumed message's payload to an idempotent producer and frees the message in the delivery report, until `records` are
 * delivered. Both topics have as many partitions. Nothing else: no syncs, no place to go on from. */
passthrough_result passthrough(const char *source, const char *source_topic, const char *target, const char *target_topic,
                               int partitions, int64_t records, int timeout_ms);

/* This process so far. */
double process_cpu_seconds(void);
int64_t process_peak_bytes(void);
