/* Runs the agent where Windows starts no thread, and ends with its exit status. */

#include <windows.h>

static HANDLE start_no_thread(SECURITY_ATTRIBUTES *security, SIZE_T stack,
                              LPTHREAD_START_ROUTINE routine, void *context, DWORD flags,
                              DWORD *id) {
  (void)security, (void)stack, (void)routine, (void)context, (void)flags, (void)id;
  SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}

// From here on in its place.
#define CreateThread start_no_thread

#include "../../native/guest-windows/agent.h"
#include "../../native/guest-windows/link.c"

int wmain(void) {
  struct arena arena = {0};
  struct settings settings = {0};
  return run_agent(&arena, &settings);
}
