#include "wire.h"

#include <stdlib.h>

enum { SILENT_WITHIN_MS = 5000 };

static void CALLBACK hear(HINTERNET handle, DWORD_PTR context, DWORD what, void *news, DWORD size);
static void hear_error(struct wire *wire, HINTERNET handle, const WINHTTP_ASYNC_RESULT *result);
static void close_handle(HINTERNET handle);
static HANDLE new_event(bool is_manual, bool is_set);

struct wire *wire_new(void) {
  struct wire *wire = calloc(1, sizeof *wire);
  if (wire == NULL) abort();
  InitializeSRWLock(&wire->sending);
  for (int i = 0; i < ERRANDS; i++) wire->errands[i].done = new_event(FALSE, FALSE);
  wire->silent = new_event(TRUE, TRUE);
  // No proxy stands between: the host is one hop away.
  wire->session = WinHttpOpen(L"handglass-guest", WINHTTP_ACCESS_TYPE_NO_PROXY,
                              WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, WINHTTP_FLAG_ASYNC);
  if (wire->session != NULL) return wire;
  DWORD error = GetLastError();
  wire_end(wire);
  SetLastError(error);
  return NULL;
}

bool wire_hears(struct wire *wire, HINTERNET handle) {
  DWORD_PTR context = (DWORD_PTR)wire;
  DWORD what = WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS | WINHTTP_CALLBACK_FLAG_HANDLES;
  if (!WinHttpSetOption(handle, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context) ||
      WinHttpSetStatusCallback(handle, hear, what, 0) == WINHTTP_INVALID_STATUS_CALLBACK) {
    return false;
  }
  ResetEvent(wire->silent);
  InterlockedIncrement(&wire->telling);
  return true;
}

DWORD wire_wait(struct wire *wire, enum errand errand, DWORD wait_ms) {
  bool is_done = WaitForSingleObject(wire->errands[errand].done, wait_ms) == WAIT_OBJECT_0;
  return is_done ? wire->errands[errand].error : ERROR_WINHTTP_TIMEOUT;
}

void wire_finish(struct wire *wire, enum errand errand, DWORD error) {
  wire->errands[errand].error = error;
  SetEvent(wire->errands[errand].done);
}

void wire_end(struct wire *wire) {
  close_handle(wire->websocket);
  close_handle(wire->request);
  close_handle(wire->host);
  close_handle(wire->session);
  // Kept for good where WinHTTP still may write into it.
  if (WaitForSingleObject(wire->silent, SILENT_WITHIN_MS) != WAIT_OBJECT_0) return;
  for (int i = 0; i < ERRANDS; i++) CloseHandle(wire->errands[i].done);
  CloseHandle(wire->silent);
  arena_end(&wire->outgoing);
  free(wire);
}

/* In a thread of WinHTTP's. */
static void CALLBACK hear(HINTERNET handle, DWORD_PTR context, DWORD what, void *news, DWORD size) {
  struct wire *wire = (struct wire *)context;
  (void)size;
  if (wire == NULL) return;
  switch (what) {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
      wire_finish(wire, ERRAND_REQUEST, NO_ERROR);
      break;
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
      wire_finish(wire, ERRAND_SEND, NO_ERROR);
      break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
      wire->received = *(const WINHTTP_WEB_SOCKET_STATUS *)news;
      wire_finish(wire, ERRAND_RECEIVE, NO_ERROR);
      break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
      hear_error(wire, handle, news);
      break;
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
      if (InterlockedDecrement(&wire->telling) == 0) SetEvent(wire->silent);
      break;
    default:
      break;
  }
}

/* Of a websocket it is the beginning of a longer one. */
static void hear_error(struct wire *wire, HINTERNET handle, const WINHTTP_ASYNC_RESULT *result) {
  if (handle == wire->request) return wire_finish(wire, ERRAND_REQUEST, result->dwError);
  bool is_send = ((const WINHTTP_WEB_SOCKET_ASYNC_RESULT *)result)->Operation ==
                 WINHTTP_WEB_SOCKET_SEND_OPERATION;
  wire_finish(wire, is_send ? ERRAND_SEND : ERRAND_RECEIVE, result->dwError);
}

static void close_handle(HINTERNET handle) {
  if (handle != NULL) WinHttpCloseHandle(handle);
}

/* Without it nothing could be waited for, as without memory nothing can be held. */
static HANDLE new_event(bool is_manual, bool is_set) {
  HANDLE event = CreateEventW(NULL, is_manual, is_set, NULL);
  if (event == NULL) abort();
  return event;
}
