#include "switchboard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
  READ_EVENTS = 64,
  /* Chords beyond this are dropped while nobody takes them. A power of two: its counts wrap. */
  CHORD_ROOM = 64,
  /* What epoll calls the eventfd of orders; devices go by their slot. */
  ORDERS = LIMIT_DEVICES,
};

struct switchboard {
  /*
   * The owner's. Number 0 is a free slot. Opening and closing is the owner's work because both can
   * take tens of milliseconds in the kernel, which would hold up the other devices.
   */
  struct {
    uint32_t number;
    int fd;
  } devices[LIMIT_DEVICES];
  uint32_t last_number;
  pthread_t thread;

  /* Fixed while the thread runs. */
  int epoll_fd;
  int orders_fd;
  void (*wake)(void *);
  void *context;

  /* The owner's until it writes to `orders_fd`, then the thread's until it posts `done`. */
  struct {
    enum { ORDER_WATCH, ORDER_FORGET, ORDER_APPLY, ORDER_STOP } kind;
    unsigned slot;
    const unsigned long *down;
    const int8_t *seats;
    const struct chord_list *list;
    int error;
  } order;
  sem_t done;

  /* The thread's. */
  bool watched[LIMIT_DEVICES];
  struct chords chords;

  /* From the thread to the owner: a ring of chords, whose counts only grow, and each slot's errno
   * once its device is gone. */
  struct switchboard_event fired[CHORD_ROOM];
  _Atomic uint32_t put;
  _Atomic uint32_t taken;
  _Atomic int gone[LIMIT_DEVICES];
};

static const char *set_up(struct switchboard *switchboard);
static const char *start_thread(struct switchboard *switchboard);
static void tear_down(struct switchboard *switchboard);
static const char *admit(struct switchboard *switchboard, unsigned slot, int fd);
static bool take_chord(struct switchboard *switchboard, struct switchboard_event *event);
static bool take_gone(struct switchboard *switchboard, struct switchboard_event *event);
static unsigned slot_of(const struct switchboard *switchboard, uint32_t number);
static void vacate(struct switchboard *switchboard, unsigned slot);
static int give_order(struct switchboard *switchboard);
static void *run(void *argument);
static bool obey(struct switchboard *switchboard);
static int watch(struct switchboard *switchboard, unsigned slot, const key_set down);
static void forget(struct switchboard *switchboard, unsigned slot);
static void serve(struct switchboard *switchboard, unsigned slot, uint32_t readiness);
static int read_reports(struct switchboard *switchboard, unsigned slot);
static int repair(struct switchboard *switchboard, unsigned slot);
static void put_chords(struct switchboard *switchboard, const struct chord *const *fired,
                       size_t count);

const char *switchboard_start(struct switchboard **started, void (*wake)(void *), void *context) {
  struct switchboard *switchboard = calloc(1, sizeof *switchboard);
  if (switchboard == NULL) return "calloc";
  switchboard->wake = wake;
  switchboard->context = context;
  chords_init(&switchboard->chords);
  sem_init(&switchboard->done, 0, 0);
  const char *failed = set_up(switchboard);
  if (failed != NULL) {
    int error = errno;
    tear_down(switchboard);
    errno = error;
    return failed;
  }
  *started = switchboard;
  return NULL;
}

void switchboard_stop(struct switchboard *switchboard) {
  switchboard->order.kind = ORDER_STOP;
  give_order(switchboard);
  pthread_join(switchboard->thread, NULL);
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (switchboard->devices[slot].number != 0) vacate(switchboard, slot);
  }
  tear_down(switchboard);
}

const char *switchboard_open(struct switchboard *switchboard, const char *path, uint32_t *device) {
  unsigned slot = slot_of(switchboard, 0);
  if (slot == LIMIT_DEVICES) {
    errno = EMFILE;
    return "open";
  }
  // O_NOCTTY: a terminal opened by mistake must not become the service's own.
  int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return "open";
  const char *failed = admit(switchboard, slot, fd);
  if (failed != NULL) {
    int error = errno;
    switchboard->devices[slot].number = 0;
    close(fd);
    errno = error;
    return failed;
  }
  *device = switchboard->devices[slot].number;
  return NULL;
}

void switchboard_close(struct switchboard *switchboard, uint32_t device) {
  unsigned slot = slot_of(switchboard, device);
  if (device == 0 || slot == LIMIT_DEVICES) return;
  switchboard->order.kind = ORDER_FORGET;
  switchboard->order.slot = slot;
  give_order(switchboard);
  vacate(switchboard, slot);
}

void switchboard_apply(struct switchboard *switchboard, const struct switchboard_table *table) {
  int8_t seats[LIMIT_DEVICES];
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) seats[slot] = NO_SEAT;
  for (size_t i = 0; i < table->route_count; i++) {
    const struct route *route = &table->routes[i];
    unsigned slot = slot_of(switchboard, route->device);
    if (route->device != 0 && slot != LIMIT_DEVICES) seats[slot] = (int8_t)route->seat;
  }
  switchboard->order.kind = ORDER_APPLY;
  switchboard->order.seats = seats;
  switchboard->order.list = &table->list;
  give_order(switchboard);
}

bool switchboard_take(struct switchboard *switchboard, struct switchboard_event *event) {
  return take_chord(switchboard, event) || take_gone(switchboard, event);
}

static const char *set_up(struct switchboard *switchboard) {
  switchboard->orders_fd = -1;
  switchboard->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (switchboard->epoll_fd < 0) return "epoll_create1";
  switchboard->orders_fd = eventfd(0, EFD_CLOEXEC);
  if (switchboard->orders_fd < 0) return "eventfd";
  struct epoll_event interest = {.events = EPOLLIN, .data.u32 = ORDERS};
  if (epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_ADD, switchboard->orders_fd, &interest) < 0) {
    return "epoll_ctl";
  }
  return start_thread(switchboard);
}

static const char *start_thread(struct switchboard *switchboard) {
  // The process's signals are for the threads that expect them; a new thread inherits the mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&switchboard->thread, NULL, run, switchboard);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error != 0) {
    errno = error;
    return "pthread_create";
  }
  pthread_setname_np(switchboard->thread, "switchboard");
  return NULL;
}

static void tear_down(struct switchboard *switchboard) {
  if (switchboard->orders_fd >= 0) close(switchboard->orders_fd);
  if (switchboard->epoll_fd >= 0) close(switchboard->epoll_fd);
  sem_destroy(&switchboard->done);
  free(switchboard);
}

static const char *admit(struct switchboard *switchboard, unsigned slot, int fd) {
  int version;
  if (ioctl(fd, EVIOCGVERSION, &version) < 0) return "EVIOCGVERSION";
  key_set down = {0};
  if (ioctl(fd, EVIOCGKEY(sizeof down), down) < 0) return "EVIOCGKEY";
  switchboard->last_number += 1;
  switchboard->devices[slot].number = switchboard->last_number;
  switchboard->devices[slot].fd = fd;
  switchboard->order.kind = ORDER_WATCH;
  switchboard->order.slot = slot;
  switchboard->order.down = down;
  errno = give_order(switchboard);
  return errno == 0 ? NULL : "epoll_ctl";
}

static bool take_chord(struct switchboard *switchboard, struct switchboard_event *event) {
  uint32_t taken = atomic_load_explicit(&switchboard->taken, memory_order_relaxed);
  if (taken == atomic_load_explicit(&switchboard->put, memory_order_acquire)) return false;
  *event = switchboard->fired[taken % CHORD_ROOM];
  atomic_store_explicit(&switchboard->taken, taken + 1, memory_order_release);
  return true;
}

static bool take_gone(struct switchboard *switchboard, struct switchboard_event *event) {
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    int error = atomic_load_explicit(&switchboard->gone[slot], memory_order_acquire);
    if (error == 0) continue;
    uint32_t device = switchboard->devices[slot].number;
    *event = (struct switchboard_event){EVENT_GONE, .device = device, .error = error};
    vacate(switchboard, slot);
    return true;
  }
  return false;
}

/* LIMIT_DEVICES where there is none. */
static unsigned slot_of(const struct switchboard *switchboard, uint32_t number) {
  unsigned slot = 0;
  while (slot < LIMIT_DEVICES && switchboard->devices[slot].number != number) slot += 1;
  return slot;
}

static void vacate(struct switchboard *switchboard, unsigned slot) {
  close(switchboard->devices[slot].fd);
  switchboard->devices[slot].number = 0;
  atomic_store_explicit(&switchboard->gone[slot], 0, memory_order_relaxed);
}

/* Returns when the thread has carried it out: 0 or the errno. */
static int give_order(struct switchboard *switchboard) {
  eventfd_write(switchboard->orders_fd, 1);
  while (sem_wait(&switchboard->done) < 0 && errno == EINTR) continue;
  return switchboard->order.error;
}

static void *run(void *argument) {
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
  if (error == 0 && chords_need_repair(&switchboard->chords, slot)) error = repair(switchboard, slot);
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
