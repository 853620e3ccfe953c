/* Stands in for libcuda.so.1. With -DCRASH, -DHANG or -DNO_GPU it has all
   functions, which then do that; without it has none. */

#if defined(CRASH) || defined(HANG) || defined(NO_GPU)

static int start(void) {
#if defined(CRASH)
  *(volatile int *)0 = 1;
#elif defined(HANG)
  for (;;)
    ;
#endif
  return 100; /* CUDA_ERROR_NO_DEVICE */
}

#define RECFLEX_CUDA_SYMBOL(member, symbol, ...)                               \
  int symbol(void) { return start(); }
#include "recflex/Runtime/CudaSymbols.def"

#endif
