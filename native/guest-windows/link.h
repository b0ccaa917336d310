#pragma once

/*
 * The agent's connection: a thread of its own connects, waits longer after each failure, and posts
 * what comes to the window. Sending is the window's thread's.
 */

#include <windows.h>

#include "client.h"

struct link {
  HWND window;
  HANDLE wake;
  SRWLOCK lock;
  /* Under the lock: whether the client may be sent to, and how much it was asked and has not answered. */
  bool is_live;
  unsigned unanswered;
  /* Under the lock too: how often this guest was paired anew meanwhile. */
  unsigned generation;
  struct client client;
};

/* Posted with a `struct news *` as its last parameter, which is the receiver's. */
enum { LINK_NEWS = WM_APP + 1 };

struct news {
  enum news_kind {
    /* The connection is there, and this is the state. */
    NEWS_STATE,
    /* The service has refused what was asked for, or is gone and never answered. */
    NEWS_REFUSED,
    /* There is no connection. */
    NEWS_LOST,
  } kind;
  struct arena arena;
  struct json state;
  const char *domain;
  struct failure failure;
};

/* Starts the thread, which ends with the program. False with the last error set. */
bool link_start(struct link *link, HWND window);

/* Reads the pairing again and connects, now. */
void link_reconnect(struct link *link);

/* Connects now where there is no connection. */
void link_hurry(struct link *link);

/* False where there is no connection. What comes of it is news. */
bool link_ask(struct link *link, const char *method, const char *const parameters[2][2]);

void news_end(struct news *news);
