#include "heapsize.h"
#include <malloc.h>

/* Swift's Glibc module has no malloc.h. */
size_t heapsize(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
