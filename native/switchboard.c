#include "switchboard.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "switchboard-thread.h"

static const char *set_up(struct switchboard *switchboard);
static const char *watch(struct switchboard *switchboard, int fd, uint32_t kind);
static const char *start_thread(struct switchboard *switchboard, bool realtime);
static void tear_down(struct switchboard *switchboard);
static const char *add_proxy(struct switchboard *switchboard, const struct proxy *proxy,
                             unsigned slot, uint32_t leds, uint32_t *number);
static bool take_move(struct switchboard *switchboard, struct switchboard_event *event);
static bool take_queued(struct switchboard *switchboard, struct switchboard_event *event);
static bool take_gone(struct switchboard *switchboard, struct switchboard_event *event);
static unsigned device_slot(const struct switchboard *switchboard, uint32_t number);
static unsigned proxy_slot(const struct switchboard *switchboard, uint32_t number);
static uint8_t sink_of(const struct switchboard *switchboard, uint32_t proxy);
static void vacate(struct switchboard *switchboard, unsigned slot);
static void give_order(struct switchboard *switchboard,
                       void (*carry_out)(struct switchboard *, void *), void *argument);
static void wait_for_thread(struct switchboard *switchboard);

const char *switchboard_start(struct switchboard **started, bool realtime, void (*wake)(void *),
                              void *context) {
  struct switchboard *switchboard = calloc(1, sizeof *switchboard);
  if (switchboard == NULL) return "calloc";
  switchboard->wake = wake;
  switchboard->context = context;
  for (unsigned i = 0; i < LIMIT_TARGETS; i++) switchboard->process_fds[i] = -1;
  const struct router_ports ports = switchboard_ports(switchboard);
  router_init(&switchboard->router, &ports);
  sem_init(&switchboard->done, 0, 0);
  const char *failed = set_up(switchboard);
  if (failed == NULL) failed = start_thread(switchboard, realtime);
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
  give_order(switchboard, order_stop, NULL);
  pthread_join(switchboard->thread, NULL);
  tear_down(switchboard);
}

const char *switchboard_open(struct switchboard *switchboard, const char *path, uint32_t *number) {
  unsigned slot = device_slot(switchboard, 0);
  if (slot == LIMIT_DEVICES) {
    errno = EMFILE;
    return "open";
  }
  key_set down;
  const char *failed = device_open(&switchboard->devices[slot].device, path, down);
  if (failed != NULL) return failed;
  switchboard->devices[slot].number = ++switchboard->last_number;
  struct slot_order order = {.slot = slot, .down = down};
  give_order(switchboard, order_device, &order);
  if (order.error != 0) {
    vacate(switchboard, slot);
    errno = order.error;
    return "epoll_ctl";
  }
  *number = switchboard->devices[slot].number;
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
  give_order(switchboard, order_forget, &(struct slot_order){.slot = slot});
  vacate(switchboard, slot);
}

const char *switchboard_create_proxy(struct switchboard *switchboard, const char *name,
                                     const char *phys, const struct capabilities *capabilities,
                                     uint32_t *number) {
  unsigned slot = proxy_slot(switchboard, 0);
  if (slot == LIMIT_SINKS) {
    errno = EMFILE;
    return "open";
  }
  struct proxy proxy;
  const char *failed = proxy_create(&proxy, name, phys, capabilities);
  if (failed != NULL) return failed;
  failed = add_proxy(switchboard, &proxy, slot, 0, number);
  if (failed != NULL) close(proxy.uinput_fd);
  return failed;
}

const char *switchboard_adopt_proxy(struct switchboard *switchboard, int uinput_fd, int node_fd,
                                    uint32_t *number) {
  const struct proxy proxy = {.uinput_fd = uinput_fd, .node_fd = node_fd};
  unsigned slot = proxy_slot(switchboard, 0);
  uint32_t leds;
  if (slot == LIMIT_SINKS) {
    errno = EMFILE;
    return "open";
  }
  const char *failed = proxy_adopt(&proxy, &leds);
  return failed != NULL ? failed : add_proxy(switchboard, &proxy, slot, leds, number);
}

const char *switchboard_open_node(struct switchboard *switchboard, uint32_t number,
                                  const char *path) {
  unsigned slot = proxy_slot(switchboard, number);
  if (number == 0 || slot == LIMIT_SINKS) {
    errno = EBADF;
    return "open";
  }
  struct proxy proxy = switchboard->proxies[slot].proxy;
  const char *failed = proxy_open_node(&proxy, path);
  if (failed != NULL) return failed;
  int before = switchboard->proxies[slot].proxy.node_fd;
  give_order(switchboard, order_node, &(struct slot_order){.slot = slot, .fd = proxy.node_fd});
  if (before >= 0) close(before);
  return NULL;
}

const char *switchboard_descriptors(struct switchboard *switchboard, uint32_t number, int fds[2]) {
  unsigned slot = proxy_slot(switchboard, number);
  if (number == 0 || slot == LIMIT_SINKS) {
    errno = EBADF;
    return "descriptors";
  }
  fds[0] = switchboard->proxies[slot].proxy.uinput_fd;
  fds[1] = switchboard->proxies[slot].proxy.node_fd;
  return NULL;
}

uint32_t switchboard_written(const struct switchboard *switchboard, uint32_t proxy) {
  return atomic_load_explicit(&switchboard->written[sink_of(switchboard, proxy)],
                              memory_order_relaxed);
}

const char *switchboard_watch(struct switchboard *switchboard, uint32_t target, pid_t pid) {
  int fd = pid == 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0);
  if (pid != 0 && fd < 0) return "pidfd_open";
  give_order(switchboard, order_process, &(struct slot_order){.slot = target, .fd = fd});
  return NULL;
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
      compiled.clones[slot][target] = sink_of(switchboard, route->clones[target]);
    }
  }
  for (size_t i = 0; i < table->target_count; i++) {
    compiled.targets[i].keyboard = sink_of(switchboard, table->targets[i].keyboard);
    compiled.targets[i].pointer = sink_of(switchboard, table->targets[i].pointer);
  }
  for (size_t i = 0; i < table->seat_count; i++) {
    compiled.rules[i].swallow = table->seats[i].swallow;
    compiled.rules[i].direct = table->seats[i].direct;
  }
  give_order(switchboard, order_apply, &compiled);
}

bool switchboard_move(struct switchboard *switchboard, uint32_t seat, uint32_t target,
                      uint32_t turn) {
  struct move_order order = {.seat = seat, .target = target, .turn = turn};
  give_order(switchboard, order_move, &order);
  return order.accepted;
}

void switchboard_try(struct switchboard *switchboard, int64_t duration) {
  give_order(switchboard, order_trial, &duration);
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

uint64_t packed_move(unsigned owner, uint32_t turn, enum why why) {
  return (uint64_t)turn << 16 | owner << 8 | why;
}

static const char *set_up(struct switchboard *switchboard) {
  switchboard->orders_fd = -1;
  switchboard->timer_fd = -1;
  switchboard->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (switchboard->epoll_fd < 0) return "epoll_create1";
  switchboard->orders_fd = eventfd(0, EFD_CLOEXEC);
  if (switchboard->orders_fd < 0) return "eventfd";
  switchboard->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (switchboard->timer_fd < 0) return "timerfd_create";
  const char *failed = watch(switchboard, switchboard->orders_fd, WATCH_ORDERS);
  return failed != NULL ? failed : watch(switchboard, switchboard->timer_fd, WATCH_TIMER);
}

static const char *watch(struct switchboard *switchboard, int fd, uint32_t kind) {
  struct epoll_event interest = {.events = EPOLLIN, .data.u32 = kind};
  return epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_ADD, fd, &interest) < 0 ? "epoll_ctl" : NULL;
}

static const char *start_thread(struct switchboard *switchboard, bool realtime) {
  switchboard->realtime = realtime;
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
  wait_for_thread(switchboard);
  return NULL;
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
  if (switchboard->orders_fd >= 0) close(switchboard->orders_fd);
  if (switchboard->epoll_fd >= 0) close(switchboard->epoll_fd);
  sem_destroy(&switchboard->done);
  free(switchboard);
}

static const char *add_proxy(struct switchboard *switchboard, const struct proxy *proxy,
                             unsigned slot, uint32_t leds, uint32_t *number) {
  switchboard->proxies[slot].proxy = *proxy;
  struct slot_order order = {.slot = slot, .leds = leds};
  give_order(switchboard, order_proxy, &order);
  if (order.error != 0) {
    errno = order.error;
    return "epoll_ctl";
  }
  switchboard->proxies[slot].number = ++switchboard->last_number;
  *number = switchboard->proxies[slot].number;
  return NULL;
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

/* LIMIT_SINKS where there is none; slot 0 stands for no sink and is never given. */
static unsigned proxy_slot(const struct switchboard *switchboard, uint32_t number) {
  unsigned slot = 1;
  while (slot < LIMIT_SINKS && switchboard->proxies[slot].number != number) slot += 1;
  return slot;
}

static uint8_t sink_of(const struct switchboard *switchboard, uint32_t proxy) {
  unsigned slot = proxy_slot(switchboard, proxy);
  return proxy == 0 || slot == LIMIT_SINKS ? 0 : (uint8_t)slot;
}

static void vacate(struct switchboard *switchboard, unsigned slot) {
  close(switchboard->devices[slot].device.fd);
  switchboard->devices[slot].number = 0;
  atomic_store_explicit(&switchboard->gone[slot], 0, memory_order_relaxed);
}

/* Returns when the thread has carried it out, and all that follows from it. */
static void give_order(struct switchboard *switchboard,
                       void (*carry_out)(struct switchboard *, void *), void *argument) {
  switchboard->order.carry_out = carry_out;
  switchboard->order.argument = argument;
  eventfd_write(switchboard->orders_fd, 1);
  wait_for_thread(switchboard);
}

static void wait_for_thread(struct switchboard *switchboard) {
  while (sem_wait(&switchboard->done) < 0 && errno == EINTR) continue;
}
