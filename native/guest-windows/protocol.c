#include "protocol.h"

#include "render-words.h"

enum { GOING_AWAY = 1001, UNAUTHENTICATED = 4401, REVOKED = 4403 };

/* The id of such a request; those of calls are counted from 1. */
enum { SIGN_OF_LIFE = 0 };

static enum status status_of(const char *code);

const char *request_text(struct arena *arena, unsigned long id, const char *method,
                         const char *const parameters[2][2]) {
  struct text text = text_in(arena);
  text_put(&text, "{\"jsonrpc\":\"2.0\",\"id\":");
  text_put(&text, number_text(arena, id));
  text_put(&text, ",\"method\":");
  json_put_string(&text, method);
  text_put(&text, ",\"params\":{");
  for (size_t i = 0; i < 2 && parameters[i][0] != NULL; i++) {
    if (i > 0) text_put(&text, ",");
    json_put_string(&text, parameters[i][0]);
    text_put(&text, ":");
    json_put_string(&text, parameters[i][1]);
  }
  text_put(&text, "}}");
  return text.bytes;
}

const char *sign_of_life_request(struct arena *arena) {
  static const char *const nothing[2][2] = {{NULL}};
  return request_text(arena, SIGN_OF_LIFE, "state.get", nothing);
}

bool is_sign_of_life(struct json message) {
  return is_answer_to(message, SIGN_OF_LIFE);
}

bool is_answer_to(struct json message, unsigned long id) {
  bool is_answer = json_is_some(json_member(message, "result")) ||
                   json_is_some(json_member(message, "error"));
  return is_answer && json_whole(json_member(message, "id")) == id;
}

struct json announced_state(struct arena *arena, struct json message) {
  bool is_state = equal(string_of(arena, message, "method"), "state.changed");
  return is_state ? json_member(message, "params") : (struct json){0};
}

struct json result_in(struct arena *arena, struct json answer, struct failure *failure) {
  struct json error = json_member(answer, "error");
  struct json data = json_member(error, "data");
  if (!json_is_some(error)) return json_member(answer, "result");
  *failure = (struct failure){
      .status = status_of(string_of(arena, data, "code")),
      .what = string_of(arena, error, "message"),
      .remedy = string_of(arena, data, "remedy"),
  };
  return (struct json){0};
}

struct failure ended_by(struct arena *arena, unsigned close_code) {
  if (close_code == UNAUTHENTICATED || close_code == REVOKED) {
    return (struct failure){STATUS_NOT_PERMITTED, "The service does not accept this guest.",
                            "Pair it on the host with `handglass guest pair DOMAIN`."};
  }
  const char *what =
      close_code == 0
          ? "The service does not answer any more: it hangs, was killed, or cannot be reached."
      : close_code == GOING_AWAY
          ? "The service has ended."
          : joined(arena, "The service ended the connection (", number_text(arena, close_code),
                   ").", NULL);
  return (struct failure){STATUS_UNREACHED, what,
                          "On the host `systemctl status handglass` shows how it is."};
}

struct failure not_understood(void) {
  return (struct failure){STATUS_FAILED, "What the service sends is unknown here.",
                          "Take this program from the same version of Handglass as the service."};
}

static enum status status_of(const char *code) {
  static const struct {
    const char *code;
    enum status status;
  } statuses[] = {
      {"usage", STATUS_USAGE},
      {"config", STATUS_CONFIG},
      {"service-down", STATUS_UNREACHED},
      {"not-permitted", STATUS_NOT_PERMITTED},
      {"unauthenticated", STATUS_NOT_PERMITTED},
      {"busy", STATUS_BUSY},
  };
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    if (equal(code, statuses[i].code)) return statuses[i].status;
  }
  return STATUS_FAILED;
}
