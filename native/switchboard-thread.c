#include "switchboard-thread.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
  READ_EVENTS = 256,
  READY_AT_ONCE = 16,
  /* Low, since any real-time thread comes before all others. */
  REALTIME_PRIORITY = 5,
  NICEST = -20,
};

static void raise_priority(struct switchboard *switchboard);
static bool serve(struct switchboard *switchboard, const struct epoll_event *ready);
static void obey(struct switchboard *switchboard);
static void serve_device(struct switchboard *switchboard, unsigned slot, uint32_t readiness);
static int read_reports(struct switchboard *switchboard, unsigned slot);
static void lose_device(struct switchboard *switchboard, unsigned slot, int error);
static void repair_torn(struct switchboard *switchboard);
static void read_leds(struct switchboard *switchboard, unsigned slot);
static void flush(struct switchboard *switchboard);
static void flush_sink(struct switchboard *switchboard, unsigned slot);
static void set_timer(struct switchboard *switchboard);
static int grab(void *context, unsigned slot, int64_t *since);
static void ungrab(void *context, unsigned slot);
static void light(void *context, unsigned slot, uint32_t leds);
static bool listens(void *context, unsigned slot);
static void tell_chord(void *context, const struct chord *chord, unsigned to);
static void tell_move(void *context, unsigned seat, unsigned owner, uint32_t turn, enum why why);
static void tell_refusal(void *context, unsigned seat, unsigned to, unsigned slot, int reason);
static void tell_panic(void *context);
static void put(struct switchboard *switchboard, const struct switchboard_event *event);

void *switchboard_run(void *argument) {
  struct switchboard *switchboard = argument;
  struct epoll_event ready[READY_AT_ONCE];
  raise_priority(switchboard);
  sem_post(&switchboard->done);
  while (!switchboard->stopped) {
    int count = epoll_wait(switchboard->epoll_fd, ready, READY_AT_ONCE, -1);
    bool ordered = false;
    for (int i = 0; i < count; i++) ordered |= serve(switchboard, &ready[i]);
    // Last, so that no readiness is left of a slot whose device the order replaces.
    if (ordered) obey(switchboard);
    if (switchboard->router.chords.torn != 0) repair_torn(switchboard);
    if (switchboard->router.dirty != 0) flush(switchboard);
    if (router_deadline(&switchboard->router) != switchboard->timer_due) set_timer(switchboard);
    if (ordered) sem_post(&switchboard->done);
  }
  return NULL;
}

/* As far as this process may. Linux keeps both for each thread. */
static void raise_priority(struct switchboard *switchboard) {
  const struct sched_param parameter = {.sched_priority = REALTIME_PRIORITY};
  if (!switchboard->realtime ||
      pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter) != 0) {
    switchboard->realtime = false;
    setpriority(PRIO_PROCESS, 0, NICEST);
  }
}

/* Whether it was an order, which is to wait for the rest. */
static bool serve(struct switchboard *switchboard, const struct epoll_event *ready) {
  unsigned index = ready->data.u32 & 0xff;
  uint64_t times;
  switch (ready->data.u32 & WATCH_KIND) {
    case WATCH_DEVICE:
      serve_device(switchboard, index, ready->events);
      break;
    case WATCH_PROXY:
      if (ready->events & EPOLLIN) read_leds(switchboard, index);
      if (ready->events & EPOLLOUT) switchboard->router.dirty |= UINT64_C(1) << index;
      break;
    case WATCH_PROCESS:
      epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_DEL, switchboard->process_fds[index], NULL);
      router_lose(&switchboard->router, index);
      break;
    case WATCH_TIMER:
      if (read(switchboard->timer_fd, &times, sizeof times) < 0) break;
      switchboard->timer_due = 0;
      router_tick(&switchboard->router, monotonic_now());
      break;
    case WATCH_ORDERS:
      return true;
  }
  return false;
}

static void obey(struct switchboard *switchboard) {
  eventfd_t count;
  eventfd_read(switchboard->orders_fd, &count);
  switchboard->order.carry_out(switchboard, switchboard->order.argument);
}

/* A device can be readable and gone at once: what it said last counts. */
static void serve_device(struct switchboard *switchboard, unsigned slot, uint32_t readiness) {
  int error = 0;
  if (!switchboard->watched[slot]) return;
  if (readiness & EPOLLIN) error = read_reports(switchboard, slot);
  if (error == 0 && readiness & (EPOLLERR | EPOLLHUP)) error = ENODEV;
  if (error != 0) lose_device(switchboard, slot, error);
}

/*
 * Reads until the queue is empty and the last event read ends a report: then no order and no repair
 * ever falls into the middle of one. The kernel hands out whole reports only, so the rest is there.
 */
static int read_reports(struct switchboard *switchboard, unsigned slot) {
  struct input_event events[READ_EVENTS];
  size_t count;
  do {
    ssize_t bytes = read(switchboard->devices[slot].device.fd, events, sizeof events);
    if (bytes < 0) return errno == EAGAIN ? 0 : errno;
    count = (size_t)bytes / sizeof *events;
    if (count == 0) return ENODEV;
    for (size_t i = 0; i < count; i++) router_feed(&switchboard->router, slot, &events[i]);
    if (switchboard->router.dirty != 0) flush(switchboard);
  } while (count == READ_EVENTS);
  return 0;
}

static void lose_device(struct switchboard *switchboard, unsigned slot, int error) {
  order_forget(switchboard, &(struct slot_order){.slot = slot});
  // The owner may give the slot away from here on.
  atomic_store_explicit(&switchboard->gone[slot], error, memory_order_release);
  switchboard->wake(switchboard->context);
}

static void repair_torn(struct switchboard *switchboard) {
  // A repair may tear another device, whose keys are then known to be down: it ends.
  while (switchboard->router.chords.torn != 0) {
    unsigned slot = (unsigned)__builtin_ctzll(switchboard->router.chords.torn);
    key_set down;
    int error = device_keys(&switchboard->devices[slot].device, down);
    if (error == 0) {
      router_repair(&switchboard->router, slot, down, monotonic_now());
    } else {
      lose_device(switchboard, slot, error);
    }
  }
}

static void read_leds(struct switchboard *switchboard, unsigned slot) {
  struct input_event events[READ_EVENTS];
  ssize_t bytes = read(switchboard->proxies[slot].proxy.uinput_fd, events, sizeof events);
  for (ssize_t i = 0; i < bytes / (ssize_t)sizeof *events; i++) {
    if (events[i].type != EV_LED || events[i].code >= LED_CNT) continue;
    router_led(&switchboard->router, slot, events[i].code, events[i].value != 0);
  }
}

static void flush(struct switchboard *switchboard) {
  for (uint64_t left = switchboard->router.dirty; left != 0; left &= left - 1) {
    flush_sink(switchboard, (unsigned)__builtin_ctzll(left));
  }
}

/* What cannot be written now waits until epoll says that it can. */
static void flush_sink(struct switchboard *switchboard, unsigned slot) {
  struct outbox *outbox = &switchboard->router.sinks[slot].outbox;
  int fd = switchboard->proxies[slot].proxy.uinput_fd;
  while (outbox->whole > 0) {
    ssize_t bytes = write(fd, outbox->events, outbox->whole * sizeof *outbox->events);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0 && errno == EAGAIN) break;
    // A proxy that takes nothing any more is to hold nothing up.
    size_t count = bytes < 0 ? outbox->whole : (size_t)bytes / sizeof *outbox->events;
    router_written(&switchboard->router, slot, count);
    uint32_t written = atomic_load_explicit(&switchboard->written[slot], memory_order_relaxed);
    atomic_store_explicit(&switchboard->written[slot], written + (uint32_t)count,
                          memory_order_relaxed);
  }
}

static void set_timer(struct switchboard *switchboard) {
  switchboard->timer_due = router_deadline(&switchboard->router);
  struct itimerspec timer = {.it_value = {.tv_sec = switchboard->timer_due / 1000000000,
                                          .tv_nsec = switchboard->timer_due % 1000000000}};
  timerfd_settime(switchboard->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL);
}

void order_device(struct switchboard *switchboard, void *slot_order) {
  struct slot_order *order = slot_order;
  const struct device *device = &switchboard->devices[order->slot].device;
  // Told once for each arrival: every read empties the queue.
  struct epoll_event interest = {.events = EPOLLIN | EPOLLET, .data.u32 = WATCH_DEVICE | order->slot};
  order->error = 0;
  if (epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_ADD, device->fd, &interest) < 0) {
    order->error = errno;
    return;
  }
  router_add(&switchboard->router, order->slot, device->sends, order->down);
  switchboard->watched[order->slot] = true;
}

void order_forget(struct switchboard *switchboard, void *slot_order) {
  const struct slot_order *order = slot_order;
  if (!switchboard->watched[order->slot]) return;
  const struct device *device = &switchboard->devices[order->slot].device;
  epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_DEL, device->fd, NULL);
  switchboard->watched[order->slot] = false;
  router_remove(&switchboard->router, order->slot);
}

void order_proxy(struct switchboard *switchboard, void *slot_order) {
  struct slot_order *order = slot_order;
  int fd = switchboard->proxies[order->slot].proxy.uinput_fd;
  struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
                                 .data.u32 = WATCH_PROXY | order->slot};
  switchboard->router.sinks[order->slot] = (struct sink){.leds = order->leds};
  order->error = epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_ADD, fd, &interest) < 0 ? errno : 0;
}

void order_node(struct switchboard *switchboard, void *slot_order) {
  const struct slot_order *order = slot_order;
  switchboard->proxies[order->slot].proxy.node_fd = order->fd;
}

void order_process(struct switchboard *switchboard, void *slot_order) {
  const struct slot_order *order = slot_order;
  int before = switchboard->process_fds[order->slot];
  if (before >= 0) close(before);
  switchboard->process_fds[order->slot] = order->fd;
  if (order->fd < 0) return;
  struct epoll_event interest = {.events = EPOLLIN, .data.u32 = WATCH_PROCESS | order->slot};
  epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_ADD, order->fd, &interest);
}

void order_apply(struct switchboard *switchboard, void *router_table) {
  router_apply(&switchboard->router, router_table);
}

void order_move(struct switchboard *switchboard, void *move_order) {
  struct move_order *order = move_order;
  order->accepted = router_move(&switchboard->router, order->seat, order->target, order->turn);
}

void order_trial(struct switchboard *switchboard, void *duration) {
  int64_t nanoseconds = *(int64_t *)duration;
  switchboard->router.trial_end = nanoseconds == 0 ? 0 : monotonic_now() + nanoseconds;
}

void order_stop(struct switchboard *switchboard, void *nothing) {
  (void)nothing;
  switchboard->stopped = true;
  // Nothing is left pressed on a proxy that outlives us.
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    if (switchboard->watched[slot] && switchboard->router.sources[slot].grabbed) {
      device_ungrab(&switchboard->devices[slot].device);
    }
    if (switchboard->watched[slot]) router_remove(&switchboard->router, slot);
  }
}

struct router_ports switchboard_ports(struct switchboard *switchboard) {
  return (struct router_ports){.context = switchboard,
                               .grab = grab,
                               .ungrab = ungrab,
                               .light = light,
                               .listens = listens,
                               .chord_fired = tell_chord,
                               .moved = tell_move,
                               .refused = tell_refusal,
                               .panicked = tell_panic};
}

static int grab(void *context, unsigned slot, int64_t *since) {
  struct switchboard *switchboard = context;
  return device_grab(&switchboard->devices[slot].device, since);
}

static void ungrab(void *context, unsigned slot) {
  struct switchboard *switchboard = context;
  device_ungrab(&switchboard->devices[slot].device);
}

static void light(void *context, unsigned slot, uint32_t leds) {
  struct switchboard *switchboard = context;
  device_light(&switchboard->devices[slot].device, leds);
}

static bool listens(void *context, unsigned slot) {
  struct switchboard *switchboard = context;
  return proxy_is_heard(&switchboard->proxies[slot].proxy);
}

static void tell_chord(void *context, const struct chord *chord, unsigned to) {
  put(context, &(struct switchboard_event){
                   .kind = EVENT_CHORD, .id = chord->id, .seat = chord->seat, .target = to});
}

static void tell_move(void *context, unsigned seat, unsigned owner, uint32_t turn, enum why why) {
  struct switchboard *switchboard = context;
  atomic_store_explicit(&switchboard->moves[seat], packed_move(owner, turn, why),
                        memory_order_release);
  switchboard->wake(switchboard->context);
}

static void tell_refusal(void *context, unsigned seat, unsigned to, unsigned slot, int reason) {
  struct switchboard *switchboard = context;
  uint32_t device = slot == LIMIT_DEVICES ? 0 : switchboard->devices[slot].number;
  put(switchboard,
      &(struct switchboard_event){
          .kind = EVENT_REFUSED, .seat = seat, .target = to, .device = device, .error = reason});
}

static void tell_panic(void *context) {
  struct switchboard *switchboard = context;
  atomic_fetch_add_explicit(&switchboard->panics, 1, memory_order_release);
  switchboard->wake(switchboard->context);
}

static void put(struct switchboard *switchboard, const struct switchboard_event *event) {
  uint32_t position = atomic_load_explicit(&switchboard->put, memory_order_relaxed);
  uint32_t taken = atomic_load_explicit(&switchboard->taken, memory_order_acquire);
  if (position - taken == EVENT_ROOM) return;
  switchboard->events[position % EVENT_ROOM] = *event;
  atomic_store_explicit(&switchboard->put, position + 1, memory_order_release);
  switchboard->wake(switchboard->context);
}
