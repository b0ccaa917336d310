#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "switchboard-state.h"

enum { READY_AT_ONCE = 16, LED_EVENTS = 64 };

static void *watch_all(void *argument);
static void serve(struct switchboard *switchboard, const struct epoll_event *ready);
static void read_leds(struct switchboard *switchboard, unsigned slot);
static void ask_listeners(struct switchboard *switchboard);
static void end_probes(struct switchboard *switchboard, uint64_t probed);

int start_watcher(struct switchboard *switchboard) {
  return start_thread(switchboard, &switchboard->watcher, watch_all, switchboard);
}

static void *watch_all(void *argument) {
  struct switchboard *switchboard = argument;
  struct epoll_event ready[READY_AT_ONCE];
  bool stopping = false;
  be_quick();
  while (!stopping) {
    int count = epoll_wait(switchboard->epoll_fd, ready, READY_AT_ONCE, -1);
    lock_switchboard(switchboard);
    for (int i = 0; i < count; i++) serve(switchboard, &ready[i]);
    uint64_t probed = switchboard->probed;
    stopping = switchboard->stopping;
    unlock_switchboard(switchboard);
    if (probed != 0) end_probes(switchboard, probed);
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
    case WATCH_WAKE:
      eventfd_read(switchboard->wake_fd, &times);
      break;
    case WATCH_TIMER:
      ask_listeners(switchboard);
      if (read(switchboard->timer_fd, &times, sizeof times) > 0) {
        switchboard->timer_due = 0;
        router_tick(&switchboard->router, monotonic_now());
      }
      switchboard->asked = 0;
      break;
  }
}

/*
 * Gives up the lock meanwhile: where a process is just letting go, the kernel makes whoever asks wait
 * until it has. What was known before is held for true until then.
 */
static void ask_listeners(struct switchboard *switchboard) {
  // What we have grabbed ourselves would look like somebody else's.
  uint64_t asked = router_asks(&switchboard->router, monotonic_now()) & ~switchboard->probed;
  uint64_t heard = 0;
  if (asked == 0) return;
  switchboard->asked = switchboard->heard = asked;
  unlock_switchboard(switchboard);
  for (uint64_t left = asked; left != 0; left &= left - 1) {
    unsigned slot = (unsigned)__builtin_ctzll(left);
    if (proxy_is_heard(&switchboard->proxies[slot].proxy)) heard |= UINT64_C(1) << slot;
  }
  lock_switchboard(switchboard);
  switchboard->heard = heard;
  switchboard->probed |= asked & ~heard;
}

/* Without the lock, since it takes long. */
static void end_probes(struct switchboard *switchboard, uint64_t probed) {
  for (uint64_t left = probed; left != 0; left &= left - 1) {
    proxy_end_probe(&switchboard->proxies[__builtin_ctzll(left)].proxy);
  }
  lock_switchboard(switchboard);
  switchboard->probed &= ~probed;
  unlock_switchboard(switchboard);
}

static void read_leds(struct switchboard *switchboard, unsigned slot) {
  struct input_event events[LED_EVENTS];
  ssize_t bytes = read(switchboard->proxies[slot].proxy.uinput_fd, events, sizeof events);
  for (ssize_t i = 0; i < bytes / (ssize_t)sizeof *events; i++) {
    if (events[i].type != EV_LED || events[i].code >= LED_CNT) continue;
    router_led(&switchboard->router, slot, events[i].code, events[i].value != 0);
  }
}
