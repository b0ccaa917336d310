#include "router-parts.h"

static bool take_all(struct router *router, unsigned seat);
static bool is_at_rest(const struct router *router, unsigned slot);
static int take(struct router *router, unsigned slot);
static bool is_for_nobody(const struct router *router, unsigned slot, unsigned target);
static bool is_heard(const struct router *router, unsigned sink);
static bool swallows_all(const struct router *router, unsigned seat);
static bool has_sinks(const struct router *router, unsigned slot, unsigned target);
static void hand_over(struct router *router, unsigned seat);
static void settle_grabs(struct router *router, unsigned seat);

void want_seat(struct router *router, unsigned seat, unsigned to, enum why why) {
  router->seats[seat].wanted = (uint8_t)to;
  router->seats[seat].why = why;
  advance_seat(router, seat);
}

void advance_seat(struct router *router, unsigned seat) {
  struct router_seat *state = &router->seats[seat];
  if (state->wanted == state->owner) {
    settle_grabs(router, seat);
  } else if (state->wanted == HOST) {
    hand_over(router, seat);
  } else if (!is_listened_to(router, seat, state->wanted)) {
    refuse_seat(router, seat, LIMIT_DEVICES, NOBODY_LISTENS);
  } else if (state->owner != HOST || swallows_all(router, seat) || take_all(router, seat)) {
    hand_over(router, seat);
  }
}

void refuse_seat(struct router *router, unsigned seat, unsigned slot, int reason) {
  struct router_seat *state = &router->seats[seat];
  unsigned to = state->wanted;
  state->wanted = state->owner;
  router->ports.refused(router->ports.context, seat, to, slot, reason);
}

void give_back(struct router *router, unsigned slot) {
  release_source(router, slot);
  router->sources[slot].grabbed = false;
  router->ports.ungrab(router->ports.context, slot);
}

void leave_unread(struct router *router, unsigned seat) {
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    struct source *source = &router->sources[slot];
    if (!is_in(router, slot, seat) || !source->grabbed) continue;
    source->for_nobody = is_for_nobody(router, slot, router->seats[seat].owner);
    if (source->for_nobody) give_back(router, slot);
  }
}

bool is_to_be_taken(const struct router *router, unsigned slot, unsigned seat) {
  if (router->seats[seat].owner != HOST) return true;
  return router->table.rules[seat].swallow && has_sinks(router, slot, HOST);
}

bool is_listened_to(struct router *router, unsigned seat, unsigned target) {
  unsigned sends = 0;
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (!is_in(router, slot, seat) || router->table.clones[slot][target] != 0) continue;
    sends |= router->sources[slot].sends;
  }
  return (!(sends & SENDS_KEYS) || is_heard(router, router->table.targets[target].keyboard)) &&
         (!(sends & SENDS_POINTER) || is_heard(router, router->table.targets[target].pointer));
}

bool is_in(const struct router *router, unsigned slot, unsigned seat) {
  return router->table.seats[slot] == (int8_t)seat;
}

/* False, and nothing taken, while one of them is not at rest, or for good once it has told why. */
static bool take_all(struct router *router, unsigned seat) {
  int error = 0;
  unsigned slot = 0;
  for (; slot < LIMIT_DEVICES; slot++) {
    if (is_in(router, slot, seat) && !is_at_rest(router, slot)) return false;
  }
  for (slot = 0; slot < LIMIT_DEVICES && error == 0; slot++) {
    if (!is_in(router, slot, seat) || router->sources[slot].grabbed) continue;
    if (is_for_nobody(router, slot, router->seats[seat].wanted)) continue;
    error = take(router, slot);
  }
  if (error == 0) return true;
  unsigned failed = slot - 1;
  for (slot = 0; slot < failed; slot++) {
    if (is_in(router, slot, seat) && router->sources[slot].grabbed) give_back(router, slot);
  }
  if (error != KEY_IS_DOWN) refuse_seat(router, seat, failed, error);
  return false;
}

/* No key of it is down, and it is not still on its way back from a domain. */
static bool is_at_rest(const struct router *router, unsigned slot) {
  return has_no_key(router->chords.devices[slot].held) &&
         router->ports.is_free(router->ports.context, slot);
}

static int take(struct router *router, unsigned slot) {
  struct source *source = &router->sources[slot];
  struct start start = {0};
  int error = router->ports.grab(router->ports.context, slot, &start);
  source->grabbed = error == 0;
  source->since = start.since;
  source->touch_slot = start.touch_slot;
  return error;
}

static void hand_over(struct router *router, unsigned seat) {
  struct router_seat *state = &router->seats[seat];
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (!is_in(router, slot, seat)) continue;
    release_source(router, slot);
    router->sources[slot].for_nobody = false;
  }
  state->owner = state->wanted;
  state->turn += 1;
  leave_unread(router, seat);
  // At once; that check sets the time of the next.
  if (state->owner != HOST && router->listen_check == 0) router->listen_check = 1;
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    unsigned sink = sink_of(router, slot, EV_LED, 0);
    if (is_in(router, slot, seat) && router->sources[slot].grabbed && sink != 0) {
      router->ports.light(router->ports.context, slot, router->sinks[sink].leds);
    }
  }
  settle_grabs(router, seat);
  router->ports.moved(router->ports.context, seat, state->owner, state->turn, state->why);
}

/* Takes the seat's sources that came meanwhile, or gives back those that are not to be taken. */
static void settle_grabs(struct router *router, unsigned seat) {
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    struct source *source = &router->sources[slot];
    if (!is_in(router, slot, seat)) continue;
    bool wanted = is_to_be_taken(router, slot, seat);
    if (source->grabbed == wanted) continue;
    if (!wanted) {
      give_back(router, slot);
      continue;
    }
    if (source->for_nobody || !is_at_rest(router, slot)) continue;
    source->for_nobody = is_for_nobody(router, slot, router->seats[seat].owner);
    if (source->for_nobody) continue;
    int error = take(router, slot);
    unsigned sink = sink_of(router, slot, EV_LED, 0);
    if (error == 0 && sink != 0) {
      router->ports.light(router->ports.context, slot, router->sinks[sink].leds);
    }
    if (error > 0 && error != source->refused) {
      router->ports.refused(router->ports.context, seat, router->seats[seat].owner, slot, error);
    }
    if (error != KEY_IS_DOWN) source->refused = error;
  }
}

static bool swallows_all(const struct router *router, unsigned seat) {
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (is_in(router, slot, seat) && !is_to_be_taken(router, slot, seat)) return false;
  }
  return router->table.rules[seat].swallow;
}

/* Whether all that the source can send has a place to go there. */
static bool has_sinks(const struct router *router, unsigned slot, unsigned target) {
  unsigned sends = router->sources[slot].sends;
  if (router->table.clones[slot][target] != 0) return true;
  return sends != 0 && (!(sends & SENDS_KEYS) || router->table.targets[target].keyboard != 0) &&
         (!(sends & SENDS_POINTER) || router->table.targets[target].pointer != 0);
}

/* A device that has a clone there, which nobody reads, stays with the host; the others do not wait. */
static bool is_for_nobody(const struct router *router, unsigned slot, unsigned target) {
  unsigned clone = router->table.clones[slot][target];
  return target != HOST && clone != 0 && !is_heard(router, clone);
}

static bool is_heard(const struct router *router, unsigned sink) {
  return sink != 0 && router->ports.listens(router->ports.context, sink);
}
