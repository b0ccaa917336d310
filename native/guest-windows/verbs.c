#include "verbs.h"

#include <windows.h>

#include "agent-window.h"
#include "client.h"
#include "output.h"
#include "render-state.h"
#include "render-words.h"
#include "watch.h"

static int pair(struct arena *arena, const struct command *command);
static int move(struct arena *arena, const struct command *command, const struct paired *paired);
static int show(struct arena *arena, const struct command *command, const struct paired *paired);
static int call_and_print(struct arena *arena, const struct paired *paired, const char *method,
                          const char *const parameters[2][2], bool json,
                          void (*put)(struct text *text, struct json result));
static void warn_of_devices(struct json seat);
static void put_seat_line(struct text *text, struct json seat);
static void put_link(struct text *text, struct json link);

int run_verb(struct arena *arena, const struct command *command) {
  struct paired paired;
  struct failure failure;
  if (command->verb == VERB_PAIR) return pair(arena, command);
  if (!pairing_load(arena, &paired, &failure)) return complain(failure);
  if (command->verb == VERB_STATUS || command->verb == VERB_PANEL) {
    return show(arena, command, &paired);
  }
  if (command->verb == VERB_WATCH) return watch(&paired, command->json);
  return move(arena, command, &paired);
}

static int pair(struct arena *arena, const struct command *command) {
  struct pairing pairing;
  struct paired paired;
  struct client client;
  struct json result;
  struct failure failure;
  const char *wrong = pairing_read(arena, command->word, &pairing);
  if (wrong != NULL) {
    return complain((struct failure){
        STATUS_USAGE, joined(arena, "This is no pairing string: ", wrong, ".", NULL),
        "Copy the whole line that `handglass guest pair DOMAIN` prints on the host, and put it in "
        "double quotes."});
  }
  if (!pairing_has_place(arena, &failure)) return complain(failure);
  if (!client_pair(arena, &pairing, &client, &paired, &result, &failure)) return complain(failure);
  client_close(&client);
  if (!pairing_keep(arena, &paired, &failure)) return complain(failure);
  tell_agent(AGENT_RECONNECT);
  const char *id = string_of(arena, result, "id");
  if (!command->json) {
    print(joined(arena, "paired with ", paired.endpoint.address, " as guest ", id, " of ",
                 paired.domain, "\n", NULL));
    return STATUS_DONE;
  }
  struct text text = text_in(arena);
  text_put(&text, "{\"id\":");
  json_put_string(&text, id);
  text_put(&text, ",\"domain\":");
  json_put_string(&text, paired.domain);
  text_put(&text, "}\n");
  print(text.bytes);
  return STATUS_DONE;
}

static int show(struct arena *arena, const struct command *command, const struct paired *paired) {
  const char *const nothing[2][2] = {{NULL}};
  bool is_panel = command->verb == VERB_PANEL;
  return call_and_print(arena, paired, is_panel ? "panel.open" : "state.get", nothing,
                        command->json, is_panel ? put_link : put_state);
}

static int move(struct arena *arena, const struct command *command, const struct paired *paired) {
  const char *target = command->verb == VERB_GIVE ? paired->domain : "host";
  const char *const give[2][2] = {{"seat", command->word}, {"to", target}};
  const char *const toggle[2][2] = {{command->word == NULL ? NULL : "seat", command->word}};
  bool is_toggle = command->verb == VERB_TOGGLE;
  return call_and_print(arena, paired, is_toggle ? "seat.toggle" : "seat.give",
                        is_toggle ? toggle : give, command->json, put_seat_line);
}

static int call_and_print(struct arena *arena, const struct paired *paired, const char *method,
                          const char *const parameters[2][2], bool json,
                          void (*put)(struct text *text, struct json result)) {
  struct client client;
  struct failure failure;
  if (!client_open(arena, paired, &client, &failure)) return complain(failure);
  struct json result = client_call(arena, &client, method, parameters, &failure);
  client_close(&client);
  if (!json_is_some(result)) return complain(failure);
  struct text text = text_in(arena);
  if (json) {
    text_put_bytes(&text, result.at, (size_t)(result.end - result.at));
    text_put(&text, "\n");
  } else {
    put(&text, result);
  }
  print(text.bytes);
  if (!json) warn_of_devices(result);
  return STATUS_DONE;
}

/* What keeps one from its place; nothing for what is no seat. */
static void warn_of_devices(struct json seat) {
  struct arena arena = {0};
  struct json devices = json_member(seat, "devices");
  struct json device = json_first(devices);
  for (; json_is_some(device); device = json_after(devices, device)) {
    const char *name = string_of(&arena, device, "name");
    const char *problem = json_string(&arena, json_member(device, "problem"));
    if (*name == '\0') name = string_of(&arena, device, "selector");
    if (problem != NULL) print_aside(joined(&arena, name, ": ", problem, "\n", NULL));
  }
  arena_end(&arena);
}

static void put_seat_line(struct text *text, struct json seat) {
  put_seat(text, seat);
  text_put(text, "\n");
}

static void put_link(struct text *text, struct json link) {
  text_put(text, string_of(text->arena, link, "url"));
  text_put(text, "\n\nIt is good once, for 10 minutes.\n");
  const char *fingerprint = string_of(text->arena, link, "fingerprint");
  // None where the browser is shown no certificate.
  if (*fingerprint == '\0') return;
  text_put(text,
           "The browser will warn of the service's own certificate. Go on only if it shows this\n"
           "SHA-256 fingerprint of it:\n  ");
  text_put(text, fingerprint);
  text_put(text, "\n");
}
