#pragma once

/* The texts that go to the service and come from it: JSON-RPC 2.0. See src/server/protocol.ts. */

#include "failure.h"
#include "json.h"

/* A request with up to two parameters; their names are NULL where they are none. */
const char *request_text(struct arena *arena, unsigned long id, const char *method,
                         const char *const parameters[2][2]);

/* Asks only that something be answered. */
const char *sign_of_life_request(struct arena *arena);

bool is_sign_of_life(struct json message);

/* Whether the message answers the request of that id. */
bool is_answer_to(struct json message, unsigned long id);

/* The state that a message announces; no value where it announces none. */
struct json announced_state(struct arena *arena, struct json message);

/* The result in an answer; no value where it is an error, which is then put into `failure`. */
struct json result_in(struct arena *arena, struct json answer, struct failure *failure);

/* What the end of a connection says, by the close code; 0 where it came without one. */
struct failure ended_by(struct arena *arena, unsigned close_code);

/* What is sent makes no sense here. */
struct failure not_understood(void);
