#include "switchboard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "switchboard-thread.h"

static const char *set_up(struct switchboard *switchboard);
static const char *start_thread(struct switchboard *switchboard);
static void tear_down(struct switchboard *switchboard);
static const char *admit(struct switchboard *switchboard, unsigned slot, int fd);
static bool take_chord(struct switchboard *switchboard, struct switchboard_event *event);
static bool take_gone(struct switchboard *switchboard, struct switchboard_event *event);
static unsigned slot_of(const struct switchboard *switchboard, uint32_t number);
static void vacate(struct switchboard *switchboard, unsigned slot);
static int give_order(struct switchboard *switchboard);

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
  int error = pthread_create(&switchboard->thread, NULL, switchboard_run, switchboard);
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
