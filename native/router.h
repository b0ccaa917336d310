#pragma once

/*
 * Who gets what a seat's devices say: reports of sources in, reports for sinks out.
 *
 * Pure logic over chords and outboxes. It opens and reads nothing and allocates nothing; what it
 * does to devices goes through `struct router_ports`. Sources are slots below LIMIT_DEVICES, sinks
 * slots from 1 to LIMIT_SINKS - 1 (0 is none), which the caller hands out. Target 0 is the host.
 *
 * - A source is taken (grabbed) while its seat belongs to a domain, or always where the seat
 *   swallows and the host has a sink for it; only then is anything forwarded, and of that only what
 *   came after the grab: what came before, the host has seen.
 * - Nothing is grabbed while a key of it is down, since the host would never see the release. A
 *   seat that goes from the host to a domain waits until all its keys are up, and goes as a whole.
 * - On a switch the old owner sees everything released; nothing that is held is pressed for the new.
 * - A release or repeat is forwarded only for a press that was, so that what a switch or a chord has
 *   swallowed stays swallowed. Each sink counts who holds a key: two keyboards may hold the same.
 * - The way to the host is always open and needs nothing but this file. The way to a domain needs
 *   somebody who listens there, and is closed again when nobody does.
 */

#include "chords.h"
#include "outbox.h"

enum {
  HOST = 0,
  /* Events of one report; a longer one is as good as lost, and repaired. */
  REPORT_EVENTS = 128,
  /* Touches at once; of more, a device's own end is waited for. */
  TOUCH_SLOTS = 32,
};

/* What a source can send. */
enum { SENDS_KEYS = 1, SENDS_POINTER = 2 };

/* Why a seat went to its owner. */
enum why { WHY_ASKED, WHY_CHORD, WHY_PANIC, WHY_DEATH, WHY_DEAF, WHY_TRIAL };

/* Instead of an errno: a key of the device is down, and nobody listens to the sink. */
enum { KEY_IS_DOWN = -1, NOBODY_LISTENS = -2 };

/* How a source stands when it is taken. */
struct start {
  /* The time from which on its events are ours alone. */
  int64_t since;
  /* The one that its next event of a touch is about, unless it says another. */
  unsigned touch_slot;
};

struct router_ports {
  void *context;
  /* Takes a source from everyone else: 0; KEY_IS_DOWN or an errno, and then it is not taken. */
  int (*grab)(void *context, unsigned slot, struct start *start);
  /* Begins to give it back, its LEDs as they were when it was taken. */
  void (*ungrab)(void *context, unsigned slot);
  /* Whether it can be taken: nothing of an ungrab is left to be done. If not, router_freed() follows. */
  bool (*is_free)(void *context, unsigned slot);
  /* Lights exactly these LEDs (bits by LED code). */
  void (*light)(void *context, unsigned slot, uint32_t leds);
  /* Whether somebody has grabbed the sink's event device, as QEMU does while it listens. */
  bool (*listens)(void *context, unsigned sink);
  void (*chord_fired)(void *context, const struct chord *chord, unsigned to);
  void (*moved)(void *context, unsigned seat, unsigned owner, uint32_t turn, enum why why);
  /* A seat that cannot go where it is wanted; `slot` is the source, LIMIT_DEVICES for none. */
  void (*refused)(void *context, unsigned seat, unsigned to, unsigned slot, int reason);
  void (*panicked)(void *context);
};

struct router_table {
  int8_t seats[LIMIT_DEVICES];
  /* The sink that takes all of a source, for each target. */
  uint8_t clones[LIMIT_DEVICES][LIMIT_TARGETS];
  struct {
    uint8_t keyboard;
    uint8_t pointer;
  } targets[LIMIT_TARGETS];
  struct {
    /* Taken for the host's sake too, which then has sinks of its own. */
    bool swallow;
    /* A chord may send it to a domain by itself: nothing else has to go there first. */
    bool direct;
  } rules[LIMIT_SEATS];
  struct chord_list list;
};

struct source {
  unsigned sends;
  bool grabbed;
  int64_t since;
  /* The errno for which it could not be taken, told once. */
  int refused;
  /* Nobody read its clone when that was last looked at; it is looked at no more than at each check. */
  bool for_nobody;
  /* Keys that it holds on its sink. */
  key_set sent;
  /* Touches that it has on its sink, bits by slot; the slot that it speaks of, and whether the sink knows. */
  uint32_t touches;
  unsigned touch_slot;
  bool slot_is_told;
  /* The report that is not whole yet, and whether there are keys in it. */
  bool has_keys;
  size_t length;
  struct input_event report[REPORT_EVENTS];
};

struct sink {
  /* How many sources hold the key on it. */
  uint8_t holders[KEY_CNT];
  uint32_t leds;
  struct outbox outbox;
};

struct router_seat {
  uint8_t owner;
  uint8_t wanted;
  enum why why;
  /* Grows with each change of owner and each panic. */
  uint32_t turn;
};

struct router {
  struct router_ports ports;
  struct chords chords;
  struct router_table table;
  struct source sources[LIMIT_DEVICES];
  struct sink sinks[LIMIT_SINKS];
  struct router_seat seats[LIMIT_SEATS];
  /* Sinks that have something to be written, bits by slot. */
  uint64_t dirty;
  /* When to look whether domains still listen; 0: while they have no seat. */
  int64_t listen_check;
  /* Whether something was sent to a domain since the last look. */
  bool sent;
  /* When everything goes back to the host for good; 0: never. */
  int64_t trial_end;
  bool trial_over;
};

void router_init(struct router *router, const struct router_ports *ports);

/* A source arrives in a free slot with these keys down, in no seat until the next table. */
void router_add(struct router *router, unsigned slot, unsigned sends, const key_set down);

/* A source has gone: what it holds is released. Nothing is done to the device itself. */
void router_remove(struct router *router, unsigned slot);

/* Takes a new table. Targets and seats keep their numbers; sources may have changed seats. */
void router_apply(struct router *router, const struct router_table *table);

/*
 * Sends a seat to a target; to a domain only if no turn has been taken since `turn`, else it returns
 * false. What comes of it is told by `moved` or `refused`; until then it waits for keys to go up. A
 * seat that is sent to its owner stays.
 */
bool router_move(struct router *router, unsigned seat, unsigned to, uint32_t turn);

/* An ungrab has come to its end: its seat may have waited for that. */
void router_freed(struct router *router, unsigned slot);

/* The domain behind a target has ended: its seats come back. */
void router_lose(struct router *router, unsigned target);

/* Takes one event of a source. */
void router_feed(struct router *router, unsigned slot, const struct input_event *event);

/*
 * Makes up for lost events; see chords_tear(). Touches that there were have ended, and `touch_slot` is
 * the one that the source speaks of now.
 */
void router_repair(struct router *router, unsigned slot, const key_set down, unsigned touch_slot,
                   int64_t now);

/* The far side of a sink has switched one of its LEDs. */
void router_led(struct router *router, unsigned sink, unsigned led, bool on);

/* When router_tick() is to be called, in the events' clock; 0: not by itself. */
int64_t router_deadline(const struct router *router);

void router_tick(struct router *router, int64_t now);

/* The sinks of which router_tick() would ask now whether somebody listens, bits by slot. */
uint64_t router_asks(const struct router *router, int64_t now);

/* The first events of a sink's outbox have been written. */
void router_written(struct router *router, unsigned sink, size_t count);
