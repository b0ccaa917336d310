#include <sys/eventfd.h>

#include "switchboard-state.h"

static int grab(void *context, unsigned slot, struct start *start);
static void ungrab(void *context, unsigned slot);
static bool is_free(void *context, unsigned slot);
static void light(void *context, unsigned slot, uint32_t leds);
static bool listens(void *context, unsigned slot);
static void tell_chord(void *context, const struct chord *chord, unsigned to);
static void tell_move(void *context, unsigned seat, unsigned owner, uint32_t turn, enum why why);
static void tell_refusal(void *context, unsigned seat, unsigned to, unsigned slot, int reason);
static void tell_panic(void *context);
static void put(struct switchboard *switchboard, const struct switchboard_event *event);

struct router_ports switchboard_ports(struct switchboard *switchboard) {
  return (struct router_ports){.context = switchboard,
                               .grab = grab,
                               .ungrab = ungrab,
                               .is_free = is_free,
                               .light = light,
                               .listens = listens,
                               .chord_fired = tell_chord,
                               .moved = tell_move,
                               .refused = tell_refusal,
                               .panicked = tell_panic};
}

uint64_t packed_move(unsigned owner, uint32_t turn, enum why why) {
  return (uint64_t)turn << 16 | owner << 8 | why;
}

static int grab(void *context, unsigned slot, struct start *start) {
  struct switchboard *switchboard = context;
  struct device *device = &switchboard->devices[slot].device;
  key_set down;
  start->since = monotonic_now();
  // What is let go of while it is grabbed to no end, the host would hold down for good.
  int error = device_host_keys(device, down);
  if (error != 0) return error;
  if (!has_no_key(down)) return KEY_IS_DOWN;
  error = device_grab(device, start);
  if (error == KEY_IS_DOWN) begin_ungrab(switchboard, slot);
  return error;
}

static void ungrab(void *context, unsigned slot) {
  begin_ungrab(context, slot);
}

static bool is_free(void *context, unsigned slot) {
  struct switchboard *switchboard = context;
  return !(switchboard->ungrabbing >> slot & 1);
}

static void light(void *context, unsigned slot, uint32_t leds) {
  struct switchboard *switchboard = context;
  device_light(&switchboard->devices[slot].device, leds);
}

static bool listens(void *context, unsigned slot) {
  struct switchboard *switchboard = context;
  uint64_t bit = UINT64_C(1) << slot;
  if (switchboard->asked & bit) return (switchboard->heard & bit) != 0;
  if (switchboard->probed & bit) return false;
  if (proxy_is_heard(&switchboard->proxies[slot].proxy)) return true;
  switchboard->probed |= bit;
  eventfd_write(switchboard->wake_fd, 1);
  return false;
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
