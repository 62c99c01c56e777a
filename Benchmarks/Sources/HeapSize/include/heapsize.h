#pragma once
#include <stddef.h>

/* Bytes that the program has on the heap now, blocks that are mapped one by one included. */
size_t heapsize(void);
