#include "switchboard-state.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
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

static int start(struct switchboard *switchboard, pthread_t *thread, void *(*run)(void *),
                 void *argument);
static int create(pthread_t *thread, int policy, void *(*run)(void *), void *argument);
static void *read_device(void *switchboard_device);
static size_t whole_reports(const struct input_event *events, size_t count);
static void feed(struct switchboard *switchboard, unsigned slot, const struct input_event *events,
                 size_t count);
static void lose_device(struct switchboard *switchboard, unsigned slot, int error);
static void *watch_all(void *argument);
static void serve(struct switchboard *switchboard, const struct epoll_event *ready);
static void read_leds(struct switchboard *switchboard, unsigned slot);
static void repair_torn(struct switchboard *switchboard);
static void flush(struct switchboard *switchboard);
static void flush_sink(struct switchboard *switchboard, unsigned slot);
static void set_timer(struct switchboard *switchboard);

int start_reader(struct switchboard *switchboard, unsigned slot) {
  struct switchboard_device *device = &switchboard->devices[slot];
  device->switchboard = switchboard;
  return start(switchboard, &device->thread, read_device, device);
}

int start_watcher(struct switchboard *switchboard) {
  return start(switchboard, &switchboard->thread, watch_all, switchboard);
}

void lock_switchboard(struct switchboard *switchboard) {
  pthread_mutex_lock(&switchboard->lock);
}

void unlock_switchboard(struct switchboard *switchboard) {
  if (switchboard->router.chords.torn != 0) repair_torn(switchboard);
  if (switchboard->router.dirty != 0) flush(switchboard);
  if (router_deadline(&switchboard->router) != switchboard->timer_due) set_timer(switchboard);
  pthread_mutex_unlock(&switchboard->lock);
}

void forget_device(struct switchboard *switchboard, unsigned slot) {
  if (!switchboard->watched[slot]) return;
  switchboard->watched[slot] = false;
  router_remove(&switchboard->router, slot);
}

/* The first thread finds out whether SCHED_FIFO is allowed. */
static int start(struct switchboard *switchboard, pthread_t *thread, void *(*run)(void *),
                 void *argument) {
  // The process's signals are for the threads that expect them; a new thread inherits the mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = create(thread, switchboard->realtime ? SCHED_FIFO : SCHED_OTHER, run, argument);
  if (error == EPERM && switchboard->realtime) {
    switchboard->realtime = false;
    error = create(thread, SCHED_OTHER, run, argument);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error == 0) pthread_setname_np(*thread, "switchboard");
  return error;
}

static int create(pthread_t *thread, int policy, void *(*run)(void *), void *argument) {
  const struct sched_param parameter = {
      .sched_priority = policy == SCHED_FIFO ? REALTIME_PRIORITY : 0,
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
  pthread_attr_setschedpolicy(&attributes, policy);
  pthread_attr_setschedparam(&attributes, &parameter);
  int error = pthread_create(thread, &attributes, run, argument);
  pthread_attr_destroy(&attributes);
  return error;
}

/*
 * Feeds whole reports only, so that whoever has the lock never finds half of one; the kernel hands
 * them out whole, but for those that the room here cuts in two.
 */
static void *read_device(void *switchboard_device) {
  struct switchboard_device *self = switchboard_device;
  struct switchboard *switchboard = self->switchboard;
  unsigned slot = (unsigned)(self - switchboard->devices);
  struct input_event events[READ_EVENTS];
  size_t kept = 0;
  int error = 0;
  // As far as this process may. Linux keeps it for each thread, and heeds it without SCHED_FIFO.
  setpriority(PRIO_PROCESS, 0, NICEST);
  while (error == 0) {
    ssize_t bytes = read(self->device.fd, events + kept, sizeof events - kept * sizeof *events);
    if (bytes <= 0) {
      error = bytes == 0 ? ENODEV : errno == EINTR ? 0 : errno;
      continue;
    }
    size_t count = kept + (size_t)bytes / sizeof *events;
    size_t whole = whole_reports(events, count);
    lock_switchboard(switchboard);
    if (switchboard->watched[slot]) feed(switchboard, slot, events, whole);
    unlock_switchboard(switchboard);
    kept = count - whole;
    if (kept > 0) memmove(events, events + whole, kept * sizeof *events);
  }
  lock_switchboard(switchboard);
  lose_device(switchboard, slot, error);
  unlock_switchboard(switchboard);
  return NULL;
}

/* How many events end with a report; all, where no report ever fits. */
static size_t whole_reports(const struct input_event *events, size_t count) {
  for (size_t end = count; end > 0; end--) {
    if (events[end - 1].type == EV_SYN && events[end - 1].code == SYN_REPORT) return end;
  }
  return count == READ_EVENTS ? count : 0;
}

/*
 * Looking at the keys of a device takes their events out of its queue, but not out of the hands of
 * its thread: what these say of keys may have been overtaken, so the keys are looked at again.
 */
static void feed(struct switchboard *switchboard, unsigned slot, const struct input_event *events,
                 size_t count) {
  struct router *router = &switchboard->router;
  int64_t looked = switchboard->devices[slot].device.looked;
  bool overtaken = false;
  for (size_t i = 0; i < count; i++) {
    if (events[i].type == EV_KEY && event_time(&events[i]) < looked) {
      overtaken = true;
    } else {
      router_feed(router, slot, &events[i]);
    }
  }
  if (overtaken) chords_tear(&router->chords, slot);
}

/* Nothing is told of a device that the owner has closed. */
static void lose_device(struct switchboard *switchboard, unsigned slot, int error) {
  if (!switchboard->watched[slot]) return;
  forget_device(switchboard, slot);
  atomic_store_explicit(&switchboard->gone[slot], error, memory_order_release);
  switchboard->wake(switchboard->context);
}

static void *watch_all(void *argument) {
  struct switchboard *switchboard = argument;
  struct epoll_event ready[READY_AT_ONCE];
  bool stopped = false;
  setpriority(PRIO_PROCESS, 0, NICEST);
  while (!stopped) {
    int count = epoll_wait(switchboard->epoll_fd, ready, READY_AT_ONCE, -1);
    lock_switchboard(switchboard);
    for (int i = 0; i < count; i++) {
      stopped |= ready[i].data.u32 == WATCH_STOP;
      serve(switchboard, &ready[i]);
    }
    unlock_switchboard(switchboard);
  }
  return NULL;
}

static void serve(struct switchboard *switchboard, const struct epoll_event *ready) {
  unsigned index = ready->data.u32 & 0xff;
  struct pollfd process;
  uint64_t times;
  switch (ready->data.u32 & WATCH_KIND) {
    case WATCH_PROXY:
      if (ready->events & EPOLLIN) read_leds(switchboard, index);
      if (ready->events & EPOLLOUT) switchboard->router.dirty |= UINT64_C(1) << index;
      break;
    case WATCH_PROCESS:
      process = (struct pollfd){.fd = switchboard->process_fds[index], .events = POLLIN};
      // The owner may have put another in its place meanwhile.
      if (poll(&process, 1, 0) != 1) break;
      epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_DEL, process.fd, NULL);
      router_lose(&switchboard->router, index);
      break;
    case WATCH_TIMER:
      if (read(switchboard->timer_fd, &times, sizeof times) < 0) break;
      switchboard->timer_due = 0;
      router_tick(&switchboard->router, monotonic_now());
      break;
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
