#pragma once
#include <stdint.h>

typedef struct {
    int64_t records;
    /* Of keys and values. */
    int64_t bytes;
    /* Records with the header that was asked for. */
    int64_t marked;
    /* Empty where it went well. */
    char error[512];
} plainread_result;

/* Reads partition 0 of a topic from its start to the end it meets, counts what it sees and keeps nothing; header: NULL where
   none is asked for. */
plainread_result plainread(const char *brokers, const char *topic, int timeout_ms, const char *header);
