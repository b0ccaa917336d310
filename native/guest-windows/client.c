#include "client.h"

#include "protocol.h"
#include "render-words.h"

static struct json authenticate(struct arena *arena, struct client *client, const char *kind,
                                const char *secret, struct failure *failure);

bool client_open(struct arena *arena, const struct paired *paired, struct client *client,
                 struct failure *failure) {
  client->calls = 0;
  if (!connection_open(arena, &paired->endpoint, &client->connection, failure)) return false;
  if (json_is_some(authenticate(arena, client, "token", paired->token, failure))) return true;
  client_close(client);
  return false;
}

bool client_pair(struct arena *arena, const struct pairing *pairing, struct client *client,
                 struct paired *paired, struct json *result, struct failure *failure) {
  client->calls = 0;
  if (!connection_open(arena, &pairing->endpoint, &client->connection, failure)) return false;
  *result = authenticate(arena, client, "code", pairing->code, failure);
  *paired = (struct paired){
      .endpoint = pairing->endpoint,
      .token = string_of(arena, *result, "token"),
      .domain = string_of(arena, *result, "domain"),
  };
  if (!json_is_some(*result)) {
    client_close(client);
    return false;
  }
  if (*paired->token != '\0' && *paired->domain != '\0') return true;
  *failure = not_understood();
  client_close(client);
  return false;
}

struct json client_call(struct arena *arena, struct client *client, const char *method,
                        const char *const parameters[2][2], struct failure *failure) {
  unsigned long id = ++client->calls;
  const char *request = request_text(arena, id, method, parameters);
  if (!connection_send(arena, &client->connection, request, failure)) return (struct json){0};
  for (;;) {
    struct json message = client_next_message(arena, client, failure);
    if (!json_is_some(message)) return message;
    if (is_answer_to(message, id)) return result_in(arena, message, failure);
  }
}

struct json client_next_message(struct arena *arena, struct client *client,
                                struct failure *failure) {
  for (;;) {
    struct text text;
    if (!connection_receive(arena, &client->connection, &text, failure)) return (struct json){0};
    struct json message = json_read(text.bytes, text.size);
    if (!json_is_some(message)) *failure = not_understood();
    if (!is_sign_of_life(message)) return message;
  }
}

struct json client_next_state(struct arena *arena, struct client *client, struct failure *failure) {
  for (;;) {
    struct json message = client_next_message(arena, client, failure);
    struct json state = announced_state(arena, message);
    if (!json_is_some(message) || json_is_some(state)) return state;
  }
}

void client_close(struct client *client) {
  connection_close(&client->connection);
}

static struct json authenticate(struct arena *arena, struct client *client, const char *kind,
                                const char *secret, struct failure *failure) {
  const char *const parameters[2][2] = {{kind, secret}};
  return client_call(arena, client, "session.authenticate", parameters, failure);
}
