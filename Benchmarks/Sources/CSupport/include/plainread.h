#pragma once
#include <stdint.h>

typedef struct {
    int64_t records;
    /* Of keys and values. */
    int64_t bytes;
    /* Empty where it went well. */
    char error[512];
} plainread_result;

/* Reads partition 0 of a topic from its start to the end it meets, counts what it sees and keeps nothing. */
plainread_result plainread(const char *brokers, const char *topic, int timeout_ms);
