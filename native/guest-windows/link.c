#include "link.h"

#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "protocol.h"

static DWORD WINAPI run(void *context);
static void stay_connected(struct link *link);
static bool follow(struct arena *arena, struct arena *kept, struct link *link,
                   struct failure *failure);
static unsigned generation_of(struct link *link);
static bool begin_live(struct link *link, unsigned generation);
static unsigned end_live(struct link *link);
static void count_answer(struct link *link);
static void take(struct link *link, struct json message, const char *domain);
static void post_state(struct link *link, struct json state, const char *domain);
static void post_failure(struct link *link, enum news_kind kind, struct failure failure);
static struct news *news_of(enum news_kind kind);
static void post(struct link *link, struct news *news);

bool link_start(struct link *link, HWND window) {
  *link = (struct link){.window = window, .wake = CreateEventW(NULL, FALSE, FALSE, NULL)};
  if (link->wake == NULL) return false;
  InitializeSRWLock(&link->lock);
  HANDLE thread = CreateThread(NULL, 0, run, link, 0, NULL);
  if (thread == NULL) return false;
  CloseHandle(thread);
  return true;
}

void link_reconnect(struct link *link) {
  AcquireSRWLockExclusive(&link->lock);
  link->generation++;
  if (link->is_live) connection_end(&link->client.connection);
  ReleaseSRWLockExclusive(&link->lock);
  link_hurry(link);
}

void link_hurry(struct link *link) {
  SetEvent(link->wake);
}

bool link_ask(struct link *link, const char *method, const char *const parameters[2][2]) {
  struct arena arena = {0};
  struct failure failure;
  AcquireSRWLockExclusive(&link->lock);
  bool is_sent = false;
  if (link->is_live) {
    const char *request = request_text(&arena, ++link->client.calls, method, parameters);
    is_sent = connection_send(&arena, &link->client.connection, request, &failure);
    if (is_sent) link->unanswered++;
  }
  ReleaseSRWLockExclusive(&link->lock);
  arena_end(&arena);
  return is_sent;
}

void news_end(struct news *news) {
  arena_end(&news->arena);
  free(news);
}

static DWORD WINAPI run(void *context) {
  stay_connected(context);
  return 0;
}

static void stay_connected(struct link *link) {
  for (unsigned wait_ms = FIRST_WAIT_MS;; wait_ms = longer_wait(wait_ms)) {
    struct arena arena = {0};
    struct arena kept = {0};
    struct failure failure;
    if (follow(&arena, &kept, link, &failure)) wait_ms = FIRST_WAIT_MS;
    post_failure(link, NEWS_LOST, failure);
    arena_end(&arena);
    arena_end(&kept);
    if (WaitForSingleObject(link->wake, wait_ms) == WAIT_OBJECT_0) wait_ms = FIRST_WAIT_MS / 2;
  }
}

/*
 * Until the connection ends; gives whether there was one, and why it ended: in words of either arena, of
 * which `kept` lasts as long as the connection.
 */
static bool follow(struct arena *arena, struct arena *kept, struct link *link,
                   struct failure *failure) {
  static const char *const nothing[2][2] = {{NULL}};
  struct paired paired;
  bool is_reached = false;
  unsigned generation = generation_of(link);
  if (pairing_load(kept, &paired, failure) &&
      client_open(arena, &paired, &link->client, failure)) {
    struct json state = client_call(arena, &link->client, "state.subscribe", nothing, failure);
    is_reached = json_is_some(state);
    if (is_reached && !begin_live(link, generation)) {
      *failure = (struct failure){STATUS_UNREACHED, "This guest was paired anew.", ""};
    } else if (is_reached) {
      post_state(link, state, paired.domain);
      for (;;) {
        struct json message = client_next_message(arena, &link->client, failure);
        if (!json_is_some(message)) break;
        take(link, message, paired.domain);
        arena_end(arena);
      }
      if (end_live(link) > 0) post_failure(link, NEWS_REFUSED, *failure);
    }
    client_close(&link->client);
  }
  return is_reached;
}

static unsigned generation_of(struct link *link) {
  AcquireSRWLockExclusive(&link->lock);
  unsigned generation = link->generation;
  ReleaseSRWLockExclusive(&link->lock);
  return generation;
}

/* False where the pairing that it goes by is not the last. */
static bool begin_live(struct link *link, unsigned generation) {
  AcquireSRWLockExclusive(&link->lock);
  bool is_live = generation == link->generation;
  link->is_live = is_live;
  ReleaseSRWLockExclusive(&link->lock);
  return is_live;
}

/* Gives how much was left unanswered. */
static unsigned end_live(struct link *link) {
  AcquireSRWLockExclusive(&link->lock);
  unsigned unanswered = link->unanswered;
  link->is_live = false;
  link->unanswered = 0;
  ReleaseSRWLockExclusive(&link->lock);
  return unanswered;
}

static void count_answer(struct link *link) {
  AcquireSRWLockExclusive(&link->lock);
  // A host may answer what nobody asked.
  if (link->unanswered > 0) link->unanswered--;
  ReleaseSRWLockExclusive(&link->lock);
}

/* What a move brought about is in the state that follows; its answer tells only what failed. */
static void take(struct link *link, struct json message, const char *domain) {
  struct arena arena = {0};
  struct json state = announced_state(&arena, message);
  struct failure failure = not_understood();
  if (json_is_some(state)) {
    post_state(link, state, domain);
  } else if (json_is_some(json_member(message, "id"))) {
    count_answer(link);
    if (!json_is_some(result_in(&arena, message, &failure))) {
      post_failure(link, NEWS_REFUSED, failure);
    }
  }
  arena_end(&arena);
}

static void post_state(struct link *link, struct json state, const char *domain) {
  struct news *news = news_of(NEWS_STATE);
  size_t size = (size_t)(state.end - state.at);
  const char *copy = arena_copy(&news->arena, state.at, size);
  news->state = (struct json){copy, copy + size};
  news->domain = arena_copy(&news->arena, domain, strlen(domain));
  post(link, news);
}

static void post_failure(struct link *link, enum news_kind kind, struct failure failure) {
  struct news *news = news_of(kind);
  news->failure = (struct failure){
      .status = failure.status,
      .what = arena_copy(&news->arena, failure.what, strlen(failure.what)),
      .remedy = arena_copy(&news->arena, failure.remedy, strlen(failure.remedy)),
  };
  post(link, news);
}

static struct news *news_of(enum news_kind kind) {
  struct news *news = calloc(1, sizeof *news);
  if (news == NULL) abort();
  news->kind = kind;
  return news;
}

static void post(struct link *link, struct news *news) {
  if (!PostMessageW(link->window, LINK_NEWS, 0, (LPARAM)news)) news_end(news);
}
