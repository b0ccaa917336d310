#pragma once

/*
 * What a connection has of WinHTTP, which works by itself here and tells when an errand is done: so
 * whoever waits can give up. A websocket knows no time-out of its own on Windows, and what waits in a
 * call of WinHTTP cannot be ended from outside.
 */

#include <stdbool.h>

#include <windows.h>
#include <winhttp.h>

#include "arena.h"

enum errand { ERRAND_REQUEST, ERRAND_SEND, ERRAND_RECEIVE, ERRANDS };

struct wire {
  /* NULL where there is none. */
  HINTERNET session;
  HINTERNET host;
  HINTERNET request;
  HINTERNET websocket;
  struct {
    HANDLE done;
    DWORD error;
  } errands[ERRANDS];
  /* For one sender at a time, whose text is WinHTTP's until it is sent. */
  SRWLOCK sending;
  struct arena outgoing;
  /* It was not sent in time. */
  bool is_stuck;
  /* WinHTTP's while it receives. */
  char incoming[4096];
  WINHTTP_WEB_SOCKET_STATUS received;
  /* The handles that still may tell something. */
  LONG telling;
  HANDLE silent;
};

/* NULL with the system's last error where there is no WinHTTP. */
struct wire *wire_new(void);

/* What becomes of the handle is told to this wire from now on. */
bool wire_hears(struct wire *wire, HINTERNET handle);

/* Waits so long for the end of an errand that was begun; gives its error, and the time-out's else. */
DWORD wire_wait(struct wire *wire, enum errand errand, DWORD wait_ms);

/* Who waits for the errand, or does so next, is told of its end. */
void wire_finish(struct wire *wire, enum errand errand, DWORD error);

/* Ends every errand, and frees it. */
void wire_end(struct wire *wire);
