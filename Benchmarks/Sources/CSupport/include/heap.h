#pragma once
#include <malloc.h>
#include <stddef.h>
#include <time.h>

/* Bytes that are allocated now; glibc's malloc.h is not among what Swift imports. */
static inline size_t heap_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    /* Large blocks are mapped one by one and counted apart. */
    return info.uordblks + info.hblkhd;
}

/* The time that this thread has had of a core. */
static inline double thread_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}
