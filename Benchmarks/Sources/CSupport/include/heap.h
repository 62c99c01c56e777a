#pragma once
#include <malloc.h>
#include <stddef.h>

/* Bytes that are allocated now; glibc's malloc.h is not among what Swift imports. */
static inline size_t heap_bytes(void) {
    struct mallinfo2 info = mallinfo2();
    /* Large blocks are mapped one by one and counted apart. */
    return info.uordblks + info.hblkhd;
}
