#include "switchboard-thread.h"

#include <errno.h>
#include <linux/input.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { READ_EVENTS = 64 };

static bool obey(struct switchboard *switchboard);
static int watch(struct switchboard *switchboard, unsigned slot, const key_set down);
static void forget(struct switchboard *switchboard, unsigned slot);
static void serve(struct switchboard *switchboard, unsigned slot, uint32_t readiness);
static int read_reports(struct switchboard *switchboard, unsigned slot);
static int repair(struct switchboard *switchboard, unsigned slot);
static void put_chords(struct switchboard *switchboard, const struct chord *const *fired,
                       size_t count);

void *switchboard_run(void *argument) {
  struct switchboard *switchboard = argument;
  struct epoll_event ready[LIMIT_DEVICES + 1];
  for (;;) {
    int count = epoll_wait(switchboard->epoll_fd, ready, LIMIT_DEVICES + 1, -1);
    bool ordered = false;
    for (int i = 0; i < count; i++) {
      if (ready[i].data.u32 == ORDERS) {
        ordered = true;
      } else {
        serve(switchboard, ready[i].data.u32, ready[i].events);
      }
    }
    // Last, so that no readiness is left of a slot whose device the order replaces.
    if (ordered && !obey(switchboard)) return NULL;
  }
}

/* Carries out the order; false when it is to stop. */
static bool obey(struct switchboard *switchboard) {
  eventfd_t count;
  eventfd_read(switchboard->orders_fd, &count);
  unsigned slot = switchboard->order.slot;
  bool stop = false;
  switchboard->order.error = 0;
  switch (switchboard->order.kind) {
    case ORDER_WATCH:
      switchboard->order.error = watch(switchboard, slot, switchboard->order.down);
      break;
    case ORDER_FORGET:
      if (switchboard->watched[slot]) forget(switchboard, slot);
      break;
    case ORDER_APPLY:
      chords_apply(&switchboard->chords, switchboard->order.seats, switchboard->order.list);
      break;
    case ORDER_STOP:
      stop = true;
      break;
  }
  sem_post(&switchboard->done);
  return !stop;
}

static int watch(struct switchboard *switchboard, unsigned slot, const key_set down) {
  struct epoll_event interest = {.events = EPOLLIN, .data.u32 = slot};
  int fd = switchboard->devices[slot].fd;
  if (epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_ADD, fd, &interest) < 0) return errno;
  chords_add(&switchboard->chords, slot, down);
  switchboard->watched[slot] = true;
  return 0;
}

static void forget(struct switchboard *switchboard, unsigned slot) {
  epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_DEL, switchboard->devices[slot].fd, NULL);
  chords_remove(&switchboard->chords, slot);
  switchboard->watched[slot] = false;
}

/* A device can be readable and gone at once: what it said last counts. */
static void serve(struct switchboard *switchboard, unsigned slot, uint32_t readiness) {
  int error = 0;
  if (readiness & EPOLLIN) error = read_reports(switchboard, slot);
  if (error == 0 && readiness & (EPOLLERR | EPOLLHUP)) error = ENODEV;
  if (error == 0 && chords_need_repair(&switchboard->chords, slot)) {
    error = repair(switchboard, slot);
  }
  if (error == 0) return;
  forget(switchboard, slot);
  // The owner may give the slot away from here on.
  atomic_store_explicit(&switchboard->gone[slot], error, memory_order_release);
  switchboard->wake(switchboard->context);
}

/*
 * Reads at most READ_EVENTS at once, and again until the last one read ends a report: then no order
 * and no repair ever falls into the middle of one. The kernel hands out whole reports only, so the
 * rest is there.
 */
static int read_reports(struct switchboard *switchboard, unsigned slot) {
  struct input_event events[READ_EVENTS];
  const struct chord *fired[LIMIT_CHORDS];
  const struct input_event *last;
  do {
    ssize_t bytes = read(switchboard->devices[slot].fd, events, sizeof events);
    if (bytes < 0) return errno == EAGAIN ? 0 : errno;
    size_t count = (size_t)bytes / sizeof *events;
    if (count == 0) return ENODEV;
    for (size_t i = 0; i < count; i++) {
      put_chords(switchboard, fired, chords_feed(&switchboard->chords, slot, &events[i], fired));
    }
    last = &events[count - 1];
  } while (last->type != EV_SYN || last->code != SYN_REPORT);
  return 0;
}

/* EVIOCGKEY also empties the queue of the key events that led to the state it returns. */
static int repair(struct switchboard *switchboard, unsigned slot) {
  key_set down = {0};
  const struct chord *fired[LIMIT_CHORDS];
  if (ioctl(switchboard->devices[slot].fd, EVIOCGKEY(sizeof down), down) < 0) return errno;
  put_chords(switchboard, fired, chords_repair(&switchboard->chords, slot, down, fired));
  return 0;
}

static void put_chords(struct switchboard *switchboard, const struct chord *const *fired,
                       size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t put = atomic_load_explicit(&switchboard->put, memory_order_relaxed);
    uint32_t taken = atomic_load_explicit(&switchboard->taken, memory_order_acquire);
    if (put - taken == CHORD_ROOM) return;
    switchboard->fired[put % CHORD_ROOM] =
        (struct switchboard_event){EVENT_CHORD, .id = fired[i]->id, .seat = fired[i]->seat};
    atomic_store_explicit(&switchboard->put, put + 1, memory_order_release);
    switchboard->wake(switchboard->context);
  }
}
