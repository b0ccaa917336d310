#include "router.h"

#include <string.h>

#include "router-parts.h"

/* Between looks whether domains listen: while something is sent to them, and else. */
enum { LISTEN_CHECK_NS = 100 * 1000 * 1000 };
static const int64_t idle_check_ns = INT64_C(2000) * 1000 * 1000;

static int64_t earlier(int64_t one, int64_t other);
static bool leads_elsewhere(const struct router *router, unsigned slot,
                            const struct router_table *table);
static void keep(struct router *router, unsigned slot, const struct input_event *event);
static void end_report(struct router *router, unsigned slot, int64_t time,
                       const struct chord *const *fired, size_t count);
static void act_all(struct router *router, const struct chord *const *fired, size_t count);
static void act(struct router *router, const struct chord *chord);
static unsigned next_target(const struct router *router, const struct chord *chord);

void router_init(struct router *router, const struct router_ports *ports) {
  memset(router, 0, sizeof *router);
  router->ports = *ports;
  chords_init(&router->chords);
  memset(router->table.seats, NO_SEAT, sizeof router->table.seats);
}

void router_add(struct router *router, unsigned slot, unsigned sends, const key_set down) {
  router->sources[slot] = (struct source){.sends = sends};
  chords_add(&router->chords, slot, down);
}

void router_remove(struct router *router, unsigned slot) {
  int8_t seat = router->table.seats[slot];
  release_source(router, slot);
  chords_remove(&router->chords, slot);
  router->sources[slot] = (struct source){0};
  router->table.seats[slot] = NO_SEAT;
  // The others of its seat may have waited for its keys.
  if (seat != NO_SEAT) advance_seat(router, (unsigned)seat);
}

void router_apply(struct router *router, const struct router_table *table) {
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (leads_elsewhere(router, slot, table)) release_source(router, slot);
  }
  router->table = *table;
  chords_apply(&router->chords, table->seats, &table->list);
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    int8_t seat = table->seats[slot];
    if (!router->sources[slot].grabbed) continue;
    if (seat == NO_SEAT || !is_to_be_taken(router, slot, (unsigned)seat)) give_back(router, slot);
  }
  for (unsigned seat = 0; seat < LIMIT_SEATS; seat++) advance_seat(router, seat);
}

bool router_move(struct router *router, unsigned seat, unsigned to, uint32_t turn) {
  if (to != HOST && (router->seats[seat].turn != turn || router->trial_over)) return false;
  want_seat(router, seat, to, WHY_ASKED);
  return true;
}

void router_freed(struct router *router, unsigned slot) {
  int8_t seat = router->table.seats[slot];
  if (seat != NO_SEAT) advance_seat(router, (unsigned)seat);
}

void router_lose(struct router *router, unsigned target) {
  for (unsigned seat = 0; seat < LIMIT_SEATS; seat++) {
    struct router_seat *state = &router->seats[seat];
    if (state->owner == target) {
      want_seat(router, seat, HOST, WHY_DEATH);
    } else if (state->wanted == target) {
      refuse_seat(router, seat, LIMIT_DEVICES, NOBODY_LISTENS);
    }
  }
}

void router_feed(struct router *router, unsigned slot, const struct input_event *event) {
  struct source *source = &router->sources[slot];
  const struct chord *fired[LIMIT_CHORDS];
  bool in_step = router->chords.devices[slot].step == IN_STEP;
  bool ends = event->type == EV_SYN && event->code == SYN_REPORT;
  // Motion, which comes most often, changes no key: nothing can fire or go up with it.
  if (in_step && ends && !source->has_keys) {
    forward_report(router, slot, event_time(event), NULL);
    source->length = 0;
    return;
  }
  if (in_step && event->type != EV_KEY && event->type != EV_SYN) {
    keep(router, slot, event);
    return;
  }
  size_t count = chords_feed(&router->chords, slot, event, fired);
  if (router->chords.devices[slot].step != IN_STEP) {
    source->length = 0;
  } else if (ends) {
    end_report(router, slot, event_time(event), fired, count);
  } else {
    keep(router, slot, event);
  }
}

void router_repair(struct router *router, unsigned slot, const key_set down, unsigned touch_slot,
                   int64_t now) {
  struct source *source = &router->sources[slot];
  const struct chord *fired[LIMIT_CHORDS];
  key_set before;
  memcpy(before, router->chords.devices[slot].held, sizeof before);
  size_t count = chords_repair(&router->chords, slot, down, now, fired);
  end_touches(router, slot);
  source->touch_slot = touch_slot;
  source->length = 0;
  for (unsigned key = 0; key < KEY_CNT; key++) {
    if (has_key(before, key) == has_key(down, key)) continue;
    if (source->length == REPORT_EVENTS) {
      forward_report(router, slot, now, NULL);
      source->length = 0;
    }
    source->report[source->length++] =
        (struct input_event){.type = EV_KEY, .code = (uint16_t)key, .value = has_key(down, key)};
  }
  end_report(router, slot, now, fired, count);
}

void router_led(struct router *router, unsigned sink, unsigned led, bool on) {
  uint32_t bit = UINT32_C(1) << led;
  router->sinks[sink].leds = on ? router->sinks[sink].leds | bit : router->sinks[sink].leds & ~bit;
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (router->sources[slot].grabbed && sink_of(router, slot, EV_LED, led) == sink) {
      router->ports.light(router->ports.context, slot, router->sinks[sink].leds);
    }
  }
}

int64_t router_deadline(const struct router *router) {
  return earlier(router->chords.deadline, earlier(router->listen_check, router->trial_end));
}

void note_sent(struct router *router, int64_t time) {
  if (router->sent) return;
  router->sent = true;
  if (router->listen_check > time + LISTEN_CHECK_NS) router->listen_check = time;
}

void router_tick(struct router *router, int64_t now) {
  const struct chord *fired[LIMIT_CHORDS];
  size_t count = chords_tick(&router->chords, now, fired);
  act_all(router, fired, count);
  if (router->trial_end != 0 && now >= router->trial_end) {
    router->trial_end = 0;
    router->trial_over = true;
    for (unsigned seat = 0; seat < LIMIT_SEATS; seat++) want_seat(router, seat, HOST, WHY_TRIAL);
  }
  if (router->listen_check == 0 || now < router->listen_check) return;
  int64_t next = now + (router->sent ? LISTEN_CHECK_NS : idle_check_ns);
  router->listen_check = 0;
  router->sent = false;
  for (unsigned seat = 0; seat < LIMIT_SEATS; seat++) {
    unsigned owner = router->seats[seat].owner;
    if (owner == HOST) continue;
    router->listen_check = next;
    for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
      if (is_in(router, slot, seat)) router->sources[slot].for_nobody = false;
    }
    if (is_listened_to(router, seat, owner)) leave_unread(router, seat);
    else want_seat(router, seat, HOST, WHY_DEAF);
  }
}

uint64_t router_asks(const struct router *router, int64_t now) {
  uint64_t sinks = 0;
  if (router->listen_check == 0 || now < router->listen_check) return 0;
  for (unsigned seat = 0; seat < LIMIT_SEATS; seat++) {
    unsigned owner = router->seats[seat].owner;
    if (owner == HOST) continue;
    sinks |= UINT64_C(1) << router->table.targets[owner].keyboard;
    sinks |= UINT64_C(1) << router->table.targets[owner].pointer;
    for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
      if (is_in(router, slot, seat)) sinks |= UINT64_C(1) << router->table.clones[slot][owner];
    }
  }
  // Slot 0 stands for none.
  return sinks & ~UINT64_C(1);
}

void router_written(struct router *router, unsigned sink, size_t count) {
  struct outbox *outbox = &router->sinks[sink].outbox;
  outbox_written(outbox, count);
  if (outbox->overrun) {
    key_set down = {0};
    for (unsigned key = 0; key < KEY_CNT; key++) {
      put_key(down, key, router->sinks[sink].holders[key] > 0);
    }
    outbox_catch_up(outbox, down);
  }
  if (outbox->whole == 0) router->dirty &= ~(UINT64_C(1) << sink);
}

/* Of two times, 0 being none. */
static int64_t earlier(int64_t one, int64_t other) {
  return other == 0 || (one != 0 && one < other) ? one : other;
}

/* Whether what the source holds is held on other sinks than those that it gets with this table. */
static bool leads_elsewhere(const struct router *router, unsigned slot,
                            const struct router_table *table) {
  const struct router_table *before = &router->table;
  if (before->seats[slot] == NO_SEAT) return false;
  unsigned owner = router->seats[router->table.seats[slot]].owner;
  return table->seats[slot] != before->seats[slot] ||
         table->clones[slot][owner] != before->clones[slot][owner] ||
         table->targets[owner].keyboard != before->targets[owner].keyboard ||
         table->targets[owner].pointer != before->targets[owner].pointer;
}

/* For the report's end. What finds no room makes a report as good as lost. */
static void keep(struct router *router, unsigned slot, const struct input_event *event) {
  struct source *source = &router->sources[slot];
  source->has_keys |= event->type == EV_KEY;
  if (source->length < REPORT_EVENTS) {
    source->report[source->length++] = *event;
  } else {
    router->chords.devices[slot].step = TORN;
    source->length = 0;
  }
}

/*
 * A report that makes a chord whole belongs to whoever had the seat, less the keys that the chord
 * swallows.
 */
static void end_report(struct router *router, unsigned slot, int64_t time,
                       const struct chord *const *fired, size_t count) {
  key_set muted = {0};
  for (size_t i = 0; i < count; i++) {
    if (!fired[i]->swallow) continue;
    for (size_t key = 0; key < fired[i]->key_count; key++) put_key(muted, fired[i]->keys[key], true);
  }
  forward_report(router, slot, time, muted);
  router->sources[slot].length = 0;
  router->sources[slot].has_keys = false;
  act_all(router, fired, count);
  int8_t seat = router->table.seats[slot];
  if (seat != NO_SEAT) advance_seat(router, (unsigned)seat);
}

/* Panic is alone: nothing that fires with it is to undo it. */
static void act_all(struct router *router, const struct chord *const *fired, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!fired[i]->panic) continue;
    act(router, fired[i]);
    return;
  }
  for (size_t i = 0; i < count; i++) act(router, fired[i]);
}

static void act(struct router *router, const struct chord *chord) {
  for (unsigned slot = 0; slot < LIMIT_DEVICES && chord->swallow; slot++) {
    if (!is_in(router, slot, chord->seat)) continue;
    for (size_t i = 0; i < chord->key_count; i++) release_key(router, slot, chord->keys[i]);
  }
  end_reports(router);
  if (chord->panic) {
    for (unsigned seat = 0; seat < LIMIT_SEATS; seat++) {
      struct router_seat *state = &router->seats[seat];
      bool is_there = state->owner == HOST;
      state->turn += 1;
      want_seat(router, seat, HOST, WHY_PANIC);
      // Told to those who are there already too: what was asked for before is void.
      if (is_there) router->ports.moved(router->ports.context, seat, HOST, state->turn, WHY_PANIC);
    }
    router->ports.panicked(router->ports.context);
  } else if (chord->target_count > 0) {
    unsigned to = next_target(router, chord);
    if (to == HOST || (router->table.rules[chord->seat].direct && !router->trial_over)) {
      want_seat(router, chord->seat, to, WHY_CHORD);
    }
    router->ports.chord_fired(router->ports.context, chord, to);
  }
}

/* The one after where the seat is going, the first unless that is among them. */
static unsigned next_target(const struct router *router, const struct chord *chord) {
  unsigned now = router->seats[chord->seat].wanted;
  for (size_t i = 0; i < chord->target_count; i++) {
    if (chord->targets[i] == now) return chord->targets[(i + 1) % chord->target_count];
  }
  return chord->targets[0];
}

