#include "switchboard-state.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
  READ_EVENTS = 256,
  /* Low, since any real-time thread comes before all others. */
  REALTIME_PRIORITY = 5,
  NICEST = -20,
};

static int create(pthread_t *thread, int policy, void *(*run)(void *), void *argument);
static void *end_at_once(void *context);
static void *read_device(void *switchboard_device);
static size_t whole_reports(const struct input_event *events, size_t count);
static void feed(struct switchboard *switchboard, unsigned slot, const struct input_event *events,
                 size_t count);
static void lose_device(struct switchboard *switchboard, unsigned slot, int error);
static void repair_torn(struct switchboard *switchboard);
static void flush(struct switchboard *switchboard);
static void flush_sink(struct switchboard *switchboard, unsigned slot);
static void set_timer(struct switchboard *switchboard);

int start_reader(struct switchboard *switchboard, unsigned slot) {
  struct switchboard_device *device = &switchboard->devices[slot];
  device->switchboard = switchboard;
  int error = start_ungrabber(switchboard, slot);
  if (error != 0) return error;
  error = start_thread(switchboard, &device->reader, read_device, device);
  if (error != 0) end_ungrabber(switchboard, slot);
  return error;
}

void lock_switchboard(struct switchboard *switchboard) {
  pthread_mutex_lock(&switchboard->lock);
}

void unlock_switchboard(struct switchboard *switchboard) {
  if (switchboard->router.chords.torn & ~switchboard->ungrabbing) repair_torn(switchboard);
  if (switchboard->router.dirty != 0) flush(switchboard);
  if (router_deadline(&switchboard->router) != switchboard->timer_due) set_timer(switchboard);
  pthread_mutex_unlock(&switchboard->lock);
}

void be_quick(void) {
  setpriority(PRIO_PROCESS, 0, NICEST);
}

void forget_device(struct switchboard *switchboard, unsigned slot) {
  if (!switchboard->watched[slot]) return;
  switchboard->watched[slot] = false;
  router_remove(&switchboard->router, slot);
}

bool may_be_realtime(void) {
  pthread_t thread;
  if (create(&thread, SCHED_FIFO, end_at_once, NULL) != 0) return false;
  pthread_join(thread, NULL);
  return true;
}

int start_thread(struct switchboard *switchboard, pthread_t *thread, void *(*run)(void *),
                 void *argument) {
  // The process's signals are for the threads that expect them; a new thread inherits the mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = create(thread, switchboard->realtime ? SCHED_FIFO : SCHED_OTHER, run, argument);
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

static void *end_at_once(void *context) {
  return context;
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
  be_quick();
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
  struct device *device = &switchboard->devices[slot].device;
  int64_t looked = device->looked;
  bool overtaken = false;
  for (size_t i = 0; i < count; i++) {
    if (events[i].type == EV_LED) {
      if (router->sources[slot].grabbed) device_see_led(device, events[i].code, events[i].value != 0);
    } else if (events[i].type == EV_KEY && event_time(&events[i]) < looked) {
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

static void repair_torn(struct switchboard *switchboard) {
  // A repair may tear another device, whose keys are then known to be down: it ends.
  uint64_t torn;
  while ((torn = switchboard->router.chords.torn & ~switchboard->ungrabbing) != 0) {
    unsigned slot = (unsigned)__builtin_ctzll(torn);
    key_set down;
    int error = device_keys(&switchboard->devices[slot].device, down);
    if (error == 0) {
      router_repair(&switchboard->router, slot, down,
                    device_touch_slot(&switchboard->devices[slot].device), monotonic_now());
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
