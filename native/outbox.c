#include "outbox.h"

#include <string.h>

static bool is_motion(const struct input_event *events, size_t count);
static bool add_up(struct input_event *sums, const struct input_event *events, size_t count);

void outbox_put(struct outbox *outbox, uint16_t type, uint16_t code, int32_t value) {
  // One place is kept for the report's end. What follows a loss is made up for with it: a release
  // whose press was lost would be news to the reader.
  if (outbox->overrun || outbox->length >= OUTBOX_EVENTS - 1) {
    outbox->overrun = true;
    return;
  }
  outbox->events[outbox->length++] =
      (struct input_event){.type = type, .code = code, .value = value};
}

void outbox_end(struct outbox *outbox) {
  size_t count = outbox->length - outbox->whole;
  if (count == 0) return;
  struct input_event *report = &outbox->events[outbox->whole];
  bool motion = is_motion(report, count);
  if (motion && outbox->last_is_motion && outbox->reports >= OUTBOX_PLENTY &&
      outbox->whole - outbox->last == count + 1 &&
      add_up(&outbox->events[outbox->last], report, count)) {
    outbox->length = outbox->whole;
    return;
  }
  outbox->last = outbox->whole;
  outbox->last_is_motion = motion;
  outbox->events[outbox->length++] = (struct input_event){.type = EV_SYN, .code = SYN_REPORT};
  outbox->whole = outbox->length;
  outbox->reports += 1;
}

void outbox_written(struct outbox *outbox, size_t count) {
  // Motion alone, which comes most often, leaves nothing to note.
  if (count == outbox->length && outbox->reports == 1 && outbox->last_is_motion) {
    outbox->length = outbox->whole = outbox->last = outbox->reports = 0;
    outbox->last_is_motion = false;
    return;
  }
  for (size_t i = 0; i < count; i++) {
    const struct input_event *event = &outbox->events[i];
    if (event->type == EV_KEY) put_key(outbox->written, event->code, event->value != 0);
    if (event->type == EV_SYN) outbox->reports -= 1;
  }
  outbox->length -= count;
  outbox->whole -= count;
  if (count > outbox->last) outbox->last_is_motion = false;
  outbox->last -= count < outbox->last ? count : outbox->last;
  if (outbox->length == 0) return;
  memmove(outbox->events, outbox->events + count, outbox->length * sizeof *outbox->events);
}

void outbox_catch_up(struct outbox *outbox, const key_set down) {
  if (!outbox->overrun || outbox->length > 0) return;
  outbox->overrun = false;
  for (unsigned key = 0; key < KEY_CNT && !outbox->overrun; key++) {
    bool is_down = has_key(down, key);
    if (is_down != has_key(outbox->written, key)) outbox_put(outbox, EV_KEY, (uint16_t)key, is_down);
  }
  outbox_end(outbox);
}

static bool is_motion(const struct input_event *events, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (events[i].type != EV_REL) return false;
  }
  return true;
}

/* Adds each value to that of the same code; false, and nothing done, when the codes differ. */
static bool add_up(struct input_event *sums, const struct input_event *events, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (sums[i].code != events[i].code) return false;
  }
  for (size_t i = 0; i < count; i++) sums[i].value += events[i].value;
  return true;
}
