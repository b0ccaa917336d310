#pragma once

/* Calls over one connection, one after the other. All give false or no value where they failed. */

#include "connection.h"
#include "json.h"
#include "pairing-file.h"

struct client {
  struct connection connection;
  unsigned long calls;
};

/* Connects and authenticates by what pairing has left. */
bool client_open(struct arena *arena, const struct paired *paired, struct client *client,
                 struct failure *failure);

/* Connects and exchanges the code; what comes of it is to be kept. */
bool client_pair(struct arena *arena, const struct pairing *pairing, struct client *client,
                 struct paired *paired, struct json *result, struct failure *failure);

/* A name is NULL where there is no such parameter. */
struct json client_call(struct arena *arena, struct client *client, const char *method,
                        const char *const parameters[2][2], struct failure *failure);

/* The next answer or announcement. */
struct json client_next_message(struct arena *arena, struct client *client,
                                struct failure *failure);

/* The next state that is announced. */
struct json client_next_state(struct arena *arena, struct client *client, struct failure *failure);

void client_close(struct client *client);
