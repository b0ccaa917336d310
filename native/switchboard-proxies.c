#include "switchboard-state.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

static const char *add(struct switchboard *switchboard, const struct proxy *proxy, unsigned slot,
                       uint32_t leds, uint32_t *number);

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
  failed = add(switchboard, &proxy, slot, 0, number);
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
  return failed != NULL ? failed : add(switchboard, &proxy, slot, leds, number);
}

const char *switchboard_open_node(struct switchboard *switchboard, uint32_t number,
                                  const char *path) {
  unsigned slot = proxy_slot(switchboard, number);
  if (number == 0 || slot == LIMIT_SINKS) {
    errno = EBADF;
    return "open";
  }
  struct proxy proxy = switchboard->proxies[slot].proxy;
  // It is the same for as long as the proxy lives.
  if (proxy.node_fd >= 0) return NULL;
  const char *failed = proxy_open_node(&proxy, path);
  if (failed != NULL) return failed;
  lock_switchboard(switchboard);
  switchboard->proxies[slot].proxy.node_fd = proxy.node_fd;
  unlock_switchboard(switchboard);
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
  return atomic_load_explicit(&switchboard->written[proxy_sink(switchboard, proxy)],
                              memory_order_relaxed);
}

unsigned proxy_slot(const struct switchboard *switchboard, uint32_t number) {
  unsigned slot = 1;
  while (slot < LIMIT_SINKS && switchboard->proxies[slot].number != number) slot += 1;
  return slot;
}

uint8_t proxy_sink(const struct switchboard *switchboard, uint32_t proxy) {
  unsigned slot = proxy_slot(switchboard, proxy);
  return proxy == 0 || slot == LIMIT_SINKS ? 0 : (uint8_t)slot;
}

static const char *add(struct switchboard *switchboard, const struct proxy *proxy, unsigned slot,
                       uint32_t leds, uint32_t *number) {
  struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
                                 .data.u32 = WATCH_PROXY | slot};
  lock_switchboard(switchboard);
  switchboard->proxies[slot].proxy = *proxy;
  switchboard->router.sinks[slot] = (struct sink){.leds = leds};
  unlock_switchboard(switchboard);
  if (epoll_ctl(switchboard->epoll_fd, EPOLL_CTL_ADD, proxy->uinput_fd, &interest) < 0) {
    return "epoll_ctl";
  }
  *number = switchboard->proxies[slot].number = ++switchboard->last_number;
  return NULL;
}
