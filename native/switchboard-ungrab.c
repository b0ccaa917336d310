#include "switchboard-state.h"

/*
 * A thread for each device gives it back, because that takes tens of milliseconds in the kernel: all
 * devices of a seat at the same time, and none while the lock is held, which would lose what is typed
 * meanwhile and hold up every other seat.
 */

static void *ungrab_at_request(void *switchboard_device);

int start_ungrabber(struct switchboard *switchboard, unsigned slot) {
  struct switchboard_device *device = &switchboard->devices[slot];
  device->closing = false;
  pthread_cond_init(&device->request, NULL);
  int error = start_thread(switchboard, &device->ungrabber, ungrab_at_request, device);
  if (error != 0) pthread_cond_destroy(&device->request);
  return error;
}

void begin_ungrab(struct switchboard *switchboard, unsigned slot) {
  switchboard->ungrabbing |= UINT64_C(1) << slot;
  pthread_cond_signal(&switchboard->devices[slot].request);
}

void end_ungrabber(struct switchboard *switchboard, unsigned slot) {
  struct switchboard_device *device = &switchboard->devices[slot];
  lock_switchboard(switchboard);
  device->closing = true;
  pthread_cond_signal(&device->request);
  unlock_switchboard(switchboard);
  pthread_join(device->ungrabber, NULL);
  pthread_cond_destroy(&device->request);
}

/* What was asked for is done before it ends. */
static void *ungrab_at_request(void *switchboard_device) {
  struct switchboard_device *self = switchboard_device;
  struct switchboard *switchboard = self->switchboard;
  unsigned slot = (unsigned)(self - switchboard->devices);
  const uint64_t bit = UINT64_C(1) << slot;
  be_quick();
  lock_switchboard(switchboard);
  for (;;) {
    while (!(switchboard->ungrabbing & bit) && !self->closing) {
      pthread_cond_wait(&self->request, &switchboard->lock);
    }
    if (!(switchboard->ungrabbing & bit)) break;
    unlock_switchboard(switchboard);
    device_ungrab(&self->device);
    lock_switchboard(switchboard);
    switchboard->ungrabbing &= ~bit;
    if (switchboard->watched[slot]) router_freed(&switchboard->router, slot);
    // What follows from that is done before anything is waited for.
    unlock_switchboard(switchboard);
    lock_switchboard(switchboard);
  }
  unlock_switchboard(switchboard);
  return NULL;
}
