#include "switchboard.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "switchboard-state.h"

static const char *set_up(struct switchboard *switchboard);
static const char *watch(struct switchboard *switchboard, int fd, uint32_t kind);
static void tear_down(struct switchboard *switchboard);
static bool take_move(struct switchboard *switchboard, struct switchboard_event *event);
static bool take_queued(struct switchboard *switchboard, struct switchboard_event *event);
static bool take_gone(struct switchboard *switchboard, struct switchboard_event *event);
static unsigned device_slot(const struct switchboard *switchboard, uint32_t number);
static void vacate(struct switchboard *switchboard, unsigned slot);

const char *switchboard_start(struct switchboard **started, bool realtime, void (*wake)(void *),
                              void *context) {
  struct switchboard *switchboard = calloc(1, sizeof *switchboard);
  if (switchboard == NULL) return "calloc";
  switchboard->realtime = realtime && may_be_realtime();
  switchboard->wake = wake;
  switchboard->context = context;
  for (unsigned i = 0; i < LIMIT_TARGETS; i++) switchboard->process_fds[i] = -1;
  const struct router_ports ports = switchboard_ports(switchboard);
  router_init(&switchboard->router, &ports);
  const char *failed = set_up(switchboard);
  if (failed == NULL && (errno = start_watcher(switchboard)) != 0) failed = "pthread_create";
  if (failed != NULL) {
    int error = errno;
    tear_down(switchboard);
    errno = error;
    return failed;
  }
  *started = switchboard;
  return NULL;
}

bool switchboard_is_realtime(const struct switchboard *switchboard) {
  return switchboard->realtime;
}

void switchboard_stop(struct switchboard *switchboard) {
  lock_switchboard(switchboard);
  // Nothing is left pressed on a proxy that outlives us.
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (switchboard->router.sources[slot].grabbed) begin_ungrab(switchboard, slot);
    forget_device(switchboard, slot);
  }
  switchboard->stopping = true;
  unlock_switchboard(switchboard);
  eventfd_write(switchboard->wake_fd, 1);
  pthread_join(switchboard->watcher, NULL);
  tear_down(switchboard);
}

const char *switchboard_open(struct switchboard *switchboard, const char *path, uint32_t *number) {
  unsigned slot = device_slot(switchboard, 0);
  if (slot == LIMIT_DEVICES) {
    errno = EMFILE;
    return "open";
  }
  struct switchboard_device *opened = &switchboard->devices[slot];
  key_set down;
  const char *failed = device_open(&opened->device, path, down);
  if (failed != NULL) return failed;
  lock_switchboard(switchboard);
  router_add(&switchboard->router, slot, opened->device.sends, down);
  switchboard->watched[slot] = true;
  unlock_switchboard(switchboard);
  int error = start_reader(switchboard, slot);
  if (error != 0) {
    lock_switchboard(switchboard);
    forget_device(switchboard, slot);
    unlock_switchboard(switchboard);
    device_close(&opened->device);
    errno = error;
    return "pthread_create";
  }
  *number = opened->number = ++switchboard->last_number;
  return NULL;
}

const char *switchboard_capabilities(struct switchboard *switchboard, uint32_t device,
                                     struct capabilities *capabilities) {
  unsigned slot = device_slot(switchboard, device);
  if (device != 0 && slot != LIMIT_DEVICES) {
    return capabilities_of(switchboard->devices[slot].device.fd, capabilities);
  }
  errno = EBADF;
  return "EVIOCGBIT";
}

void switchboard_close(struct switchboard *switchboard, uint32_t device) {
  unsigned slot = device_slot(switchboard, device);
  if (device == 0 || slot == LIMIT_DEVICES) return;
  lock_switchboard(switchboard);
  if (switchboard->router.sources[slot].grabbed) begin_ungrab(switchboard, slot);
  forget_device(switchboard, slot);
  unlock_switchboard(switchboard);
  vacate(switchboard, slot);
}

const char *switchboard_watch(struct switchboard *switchboard, uint32_t target, pid_t pid) {
  int fd = pid == 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
  if (pid != 0 && fd < 0) return "pidfd_open";
  lock_switchboard(switchboard);
  int before = switchboard->process_fds[target];
  switchboard->process_fds[target] = fd;
  unlock_switchboard(switchboard);
  if (before >= 0) close(before);
  return fd < 0 ? NULL : watch(switchboard, fd, WATCH_PROCESS | target);
}

void switchboard_apply(struct switchboard *switchboard, const struct switchboard_table *table) {
  struct router_table compiled = {.list = table->list};
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) compiled.seats[slot] = NO_SEAT;
  for (size_t i = 0; i < table->route_count; i++) {
    const struct route *route = &table->routes[i];
    unsigned slot = device_slot(switchboard, route->device);
    if (route->device == 0 || slot == LIMIT_DEVICES) continue;
    compiled.seats[slot] = (int8_t)route->seat;
    for (unsigned target = 0; target < LIMIT_TARGETS; target++) {
      compiled.clones[slot][target] = proxy_sink(switchboard, route->clones[target]);
    }
  }
  for (size_t i = 0; i < table->target_count; i++) {
    compiled.targets[i].keyboard = proxy_sink(switchboard, table->targets[i].keyboard);
    compiled.targets[i].pointer = proxy_sink(switchboard, table->targets[i].pointer);
  }
  for (size_t i = 0; i < table->seat_count; i++) {
    compiled.rules[i].swallow = table->seats[i].swallow;
    compiled.rules[i].direct = table->seats[i].direct;
  }
  lock_switchboard(switchboard);
  router_apply(&switchboard->router, &compiled);
  unlock_switchboard(switchboard);
}

bool switchboard_move(struct switchboard *switchboard, uint32_t seat, uint32_t target,
                      uint32_t turn) {
  lock_switchboard(switchboard);
  bool accepted = router_move(&switchboard->router, seat, target, turn);
  unlock_switchboard(switchboard);
  return accepted;
}

void switchboard_try(struct switchboard *switchboard, int64_t duration) {
  lock_switchboard(switchboard);
  switchboard->router.trial_end = duration == 0 ? 0 : monotonic_now() + duration;
  unlock_switchboard(switchboard);
}

bool switchboard_take(struct switchboard *switchboard, struct switchboard_event *event) {
  uint32_t panics = atomic_load_explicit(&switchboard->panics, memory_order_acquire);
  if (panics != switchboard->panics_told) {
    switchboard->panics_told = panics;
    *event = (struct switchboard_event){.kind = EVENT_PANIC};
    return true;
  }
  return take_move(switchboard, event) || take_queued(switchboard, event) ||
         take_gone(switchboard, event);
}

static const char *set_up(struct switchboard *switchboard) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  // Threads of one priority have nothing to inherit.
  if (switchboard->realtime) pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  pthread_mutex_init(&switchboard->lock, &attributes);
  pthread_mutexattr_destroy(&attributes);
  switchboard->wake_fd = -1;
  switchboard->timer_fd = -1;
  switchboard->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (switchboard->epoll_fd < 0) return "epoll_create1";
  switchboard->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (switchboard->wake_fd < 0) return "eventfd";
  switchboard->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (switchboard->timer_fd < 0) return "timerfd_create";
  const char *failed = watch(switchboard, switchboard->wake_fd, WATCH_WAKE);
  return failed != NULL ? failed : watch(switchboard, switchboard->timer_fd, WATCH_TIMER);
}

static const char *watch(struct switchboard *switchboard, int fd, uint32_t kind) {
  struct epoll_event interest = {.events = EPOLLIN, .data.u32 = kind};
  return epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_ADD, fd, &interest) < 0 ? "epoll_ctl" : NULL;
}

static void tear_down(struct switchboard *switchboard) {
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (switchboard->devices[slot].number != 0) vacate(switchboard, slot);
  }
  for (unsigned slot = 0; slot < LIMIT_SINKS; slot++) {
    if (switchboard->proxies[slot].number != 0) proxy_close(&switchboard->proxies[slot].proxy);
  }
  for (unsigned target = 0; target < LIMIT_TARGETS; target++) {
    if (switchboard->process_fds[target] >= 0) close(switchboard->process_fds[target]);
  }
  if (switchboard->timer_fd >= 0) close(switchboard->timer_fd);
  if (switchboard->wake_fd >= 0) close(switchboard->wake_fd);
  if (switchboard->epoll_fd >= 0) close(switchboard->epoll_fd);
  pthread_mutex_destroy(&switchboard->lock);
  free(switchboard);
}

static bool take_move(struct switchboard *switchboard, struct switchboard_event *event) {
  for (unsigned seat = 0; seat < LIMIT_SEATS; seat++) {
    uint64_t move = atomic_load_explicit(&switchboard->moves[seat], memory_order_acquire);
    if (move == switchboard->moves_told[seat]) continue;
    switchboard->moves_told[seat] = move;
    *event = (struct switchboard_event){.kind = EVENT_MOVED,
                                        .seat = seat,
                                        .target = move >> 8 & 0xff,
                                        .turn = (uint32_t)(move >> 16),
                                        .why = (enum why)(move & 0xff)};
    return true;
  }
  return false;
}

static bool take_queued(struct switchboard *switchboard, struct switchboard_event *event) {
  uint32_t taken = atomic_load_explicit(&switchboard->taken, memory_order_relaxed);
  if (taken == atomic_load_explicit(&switchboard->put, memory_order_acquire)) return false;
  *event = switchboard->events[taken % EVENT_ROOM];
  atomic_store_explicit(&switchboard->taken, taken + 1, memory_order_release);
  return true;
}

static bool take_gone(struct switchboard *switchboard, struct switchboard_event *event) {
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    int error = atomic_load_explicit(&switchboard->gone[slot], memory_order_acquire);
    if (error == 0) continue;
    uint32_t device = switchboard->devices[slot].number;
    *event = (struct switchboard_event){.kind = EVENT_GONE, .device = device, .error = error};
    vacate(switchboard, slot);
    return true;
  }
  return false;
}

/* LIMIT_DEVICES where there is none. */
static unsigned device_slot(const struct switchboard *switchboard, uint32_t number) {
  unsigned slot = 0;
  while (slot < LIMIT_DEVICES && switchboard->devices[slot].number != number) slot += 1;
  return slot;
}

static void vacate(struct switchboard *switchboard, unsigned slot) {
  struct switchboard_device *device = &switchboard->devices[slot];
  end_ungrabber(switchboard, slot);
  device_revoke(&device->device);
  pthread_join(device->reader, NULL);
  device_close(&device->device);
  device->number = 0;
  atomic_store_explicit(&switchboard->gone[slot], 0, memory_order_relaxed);
}
