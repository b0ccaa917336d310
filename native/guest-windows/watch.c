#include "watch.h"

#include <string.h>

#include <windows.h>

#include "backoff.h"
#include "client.h"
#include "output.h"
#include "render-change.h"

/* The last that was told of the host, which outlives its connection. */
struct told {
  struct arena arena;
  struct json state;
  bool is_lost;
};

static struct failure follow(struct arena *arena, struct told *told, const struct paired *paired,
                             bool json, bool *is_reached);
static void tell(struct told *told, struct json state, bool json);
static void say(bool json, const char *what, const char *why);
static const char *local_time(struct arena *arena);
static void put_padded(struct text *text, unsigned number, const char *before);

int watch(const struct paired *paired, bool json) {
  struct told told = {0};
  for (unsigned wait_ms = FIRST_WAIT_MS;; wait_ms = longer_wait(wait_ms)) {
    struct arena arena = {0};
    bool is_reached = false;
    struct failure failure = follow(&arena, &told, paired, json, &is_reached);
    // It is busy, too, while it still holds the connections that a bad link has broken.
    bool is_passing = failure.status == STATUS_UNREACHED || failure.status == STATUS_BUSY;
    if (!is_passing) return complain(failure);
    if (!told.is_lost) say(json, "the host is lost, and looked for: ", failure.what);
    told.is_lost = true;
    if (is_reached) wait_ms = FIRST_WAIT_MS;
    arena_end(&arena);
    Sleep(wait_ms);
  }
}

/* Until the connection ends; gives why. */
static struct failure follow(struct arena *arena, struct told *told, const struct paired *paired,
                             bool json, bool *is_reached) {
  static const char *const nothing[2][2] = {{NULL}};
  struct client client;
  struct failure failure;
  if (!client_open(arena, paired, &client, &failure)) return failure;
  struct json state = client_call(arena, &client, "state.subscribe", nothing, &failure);
  while (json_is_some(state)) {
    *is_reached = true;
    if (told->is_lost) say(json, "the host is found again", "");
    told->is_lost = false;
    tell(told, state, json);
    arena_end(arena);
    state = client_next_state(arena, &client, &failure);
  }
  client_close(&client);
  return failure;
}

static void tell(struct told *told, struct json state, bool json) {
  struct arena arena = {0};
  struct text text = text_in(&arena);
  size_t size = (size_t)(state.end - state.at);
  if (json) {
    text_put_bytes(&text, state.at, size);
    text_put(&text, "\n");
  } else if (json_is_some(told->state)) {
    put_changes(&text, local_time(&arena), told->state, state);
  }
  print(text.bytes);
  arena_end(&arena);
  arena_end(&told->arena);
  told->state.at = arena_copy(&told->arena, state.at, size);
  told->state.end = told->state.at + size;
}

/* What is printed with --json is states alone. */
static void say(bool json, const char *what, const char *why) {
  struct arena arena = {0};
  const char *line = joined(&arena, local_time(&arena), "  ", what, why, "\n", NULL);
  if (json) {
    print_aside(line);
  } else {
    print(line);
  }
  arena_end(&arena);
}

/* 2026-01-31 07:05:09. A guest is not told when the host's state changed: it is told at once. */
static const char *local_time(struct arena *arena) {
  SYSTEMTIME now;
  struct text text = text_in(arena);
  GetLocalTime(&now);
  put_padded(&text, now.wYear, "");
  put_padded(&text, now.wMonth, "-");
  put_padded(&text, now.wDay, "-");
  put_padded(&text, now.wHour, " ");
  put_padded(&text, now.wMinute, ":");
  put_padded(&text, now.wSecond, ":");
  return text.bytes;
}

static void put_padded(struct text *text, unsigned number, const char *before) {
  text_put(text, before);
  if (number < 10) text_put(text, "0");
  text_put(text, number_text(text->arena, number));
}
