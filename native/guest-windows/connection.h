#pragma once

/* A websocket to the service: over a network by TLS to the host of a known pin, or not at all. */

#include <stdbool.h>

#include "failure.h"
#include "pairing.h"
#include "text.h"

struct connection {
  struct wire *wire;
};

/* All give false where they failed, with the reason in `failure`, whose strings are the arena's. */

bool connection_open(struct arena *arena, const struct endpoint *endpoint,
                     struct connection *connection, struct failure *failure);

/* May be called while another thread receives. */
bool connection_send(struct arena *arena, struct connection *connection, const char *text,
                     struct failure *failure);

/*
 * Waits for the next whole message; fails within half a minute where the host says nothing and does not
 * answer either. What it answers then comes as a message too.
 */
bool connection_receive(struct arena *arena, struct connection *connection, struct text *message,
                        struct failure *failure);

/* Says goodbye: the thread that receives is then told that the connection ends. */
void connection_end(struct connection *connection);

/* Frees it, also where it was never opened whole. No other thread may use it then. */
void connection_close(struct connection *connection);
