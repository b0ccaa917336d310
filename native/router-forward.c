#include "router-parts.h"

#include "capabilities.h"

static void forward_key(struct router *router, unsigned slot, unsigned sink,
                        const struct input_event *event, const key_set muted);
static void track_touches(struct source *source, struct outbox *outbox,
                          const struct input_event *event);

void forward_report(struct router *router, unsigned slot, int64_t time, const key_set muted) {
  struct source *source = &router->sources[slot];
  if (!source->grabbed || time < source->since || router->table.seats[slot] == NO_SEAT) return;
  if (router->seats[router->table.seats[slot]].owner != HOST) note_sent(router, time);
  unsigned pointer = sink_of(router, slot, EV_REL, 0);
  for (size_t i = 0; i < source->length; i++) {
    const struct input_event *event = &source->report[i];
    bool is_motion = event->type == EV_REL;
    unsigned sink = is_motion ? pointer : sink_of(router, slot, event->type, event->code);
    if (sink == 0) continue;
    struct outbox *outbox = &router->sinks[sink].outbox;
    if (event->type == EV_KEY) {
      forward_key(router, slot, sink, event, muted);
    } else {
      if (event->type == EV_ABS) track_touches(source, outbox, event);
      outbox_put(outbox, event->type, event->code, event->value);
      router->dirty |= UINT64_C(1) << sink;
    }
  }
  end_reports(router);
}

void release_source(struct router *router, unsigned slot) {
  struct source *source = &router->sources[slot];
  for (unsigned key = next_key(source->sent, 0); key < KEY_CNT;
       key = next_key(source->sent, key + 1)) {
    release_key(router, slot, key);
  }
  end_touches(router, slot);
}

void end_touches(struct router *router, unsigned slot) {
  struct source *source = &router->sources[slot];
  unsigned sink = sink_of(router, slot, EV_ABS, ABS_MT_SLOT);
  for (unsigned touch = 0; touch < TOUCH_SLOTS && source->touches != 0 && sink != 0; touch++) {
    if (!(source->touches >> touch & 1)) continue;
    outbox_put(&router->sinks[sink].outbox, EV_ABS, ABS_MT_SLOT, (int32_t)touch);
    outbox_put(&router->sinks[sink].outbox, EV_ABS, ABS_MT_TRACKING_ID, -1);
    router->dirty |= UINT64_C(1) << sink;
  }
  source->touches = 0;
  source->slot_is_told = false;
  end_reports(router);
}

void release_key(struct router *router, unsigned slot, unsigned key) {
  struct source *source = &router->sources[slot];
  if (!has_key(source->sent, key)) return;
  unsigned sink = sink_of(router, slot, EV_KEY, key);
  put_key(source->sent, key, false);
  if (--router->sinks[sink].holders[key] > 0) return;
  outbox_put(&router->sinks[sink].outbox, EV_KEY, (uint16_t)key, 0);
  router->dirty |= UINT64_C(1) << sink;
}

void end_reports(struct router *router) {
  for (uint64_t left = router->dirty; left != 0; left &= left - 1) {
    struct outbox *outbox = &router->sinks[__builtin_ctzll(left)].outbox;
    outbox_end(outbox);
    if (outbox->whole == 0) router->dirty &= ~(left & -left);
  }
}

unsigned sink_of(const struct router *router, unsigned slot, unsigned type, unsigned code) {
  if (router->table.seats[slot] == NO_SEAT) return 0;
  unsigned target = router->seats[router->table.seats[slot]].owner;
  unsigned clone = router->table.clones[slot][target];
  if (clone != 0) return clone;
  unsigned keyboard = router->table.targets[target].keyboard;
  unsigned pointer = router->table.targets[target].pointer;
  switch (type) {
    case EV_KEY:
      return is_button(code) ? pointer : keyboard;
    case EV_REL:
      return pointer;
    case EV_LED:
      return keyboard;
    default:
      // Scan codes mean nothing on another keyboard, and absolute axes need a clone.
      return 0;
  }
}

static void forward_key(struct router *router, unsigned slot, unsigned sink,
                        const struct input_event *event, const key_set muted) {
  struct source *source = &router->sources[slot];
  struct outbox *outbox = &router->sinks[sink].outbox;
  bool is_sent = has_key(source->sent, event->code);
  if (event->value == 0) {
    release_key(router, slot, event->code);
  } else if (event->value == KEY_REPEAT) {
    if (is_sent) outbox_put(outbox, EV_KEY, event->code, KEY_REPEAT);
  } else if (!is_sent && (muted == NULL || !has_key(muted, event->code))) {
    put_key(source->sent, event->code, true);
    if (router->sinks[sink].holders[event->code]++ == 0) outbox_put(outbox, EV_KEY, event->code, 1);
  }
  router->dirty |= UINT64_C(1) << sink;
}

/*
 * Multi-touch slots are stateful: linux/Documentation/input/multi-touch-protocol.rst. What was said
 * of them while somebody else had the source, the sink has not heard.
 */
static void track_touches(struct source *source, struct outbox *outbox,
                          const struct input_event *event) {
  if (event->code < ABS_MT_SLOT || event->code > ABS_MT_TOOL_Y) return;
  if (event->code == ABS_MT_SLOT) {
    source->touch_slot = (unsigned)event->value;
  } else if (!source->slot_is_told) {
    outbox_put(outbox, EV_ABS, ABS_MT_SLOT, (int32_t)source->touch_slot);
  }
  source->slot_is_told = true;
  if (event->code != ABS_MT_TRACKING_ID || source->touch_slot >= TOUCH_SLOTS) return;
  uint32_t bit = UINT32_C(1) << source->touch_slot;
  source->touches = event->value >= 0 ? source->touches | bit : source->touches & ~bit;
}
