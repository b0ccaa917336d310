#pragma once

/*
 * The switchboard: threads that read event devices, recognise chords, and forward what a domain is
 * to have to its proxies.
 *
 * All functions are called by one thread, the owner; only `wake` is called by the switchboard's
 * own. Those that return text return the name of the call that failed, with errno set, or NULL.
 * Devices and proxies are numbers from 1, never given twice.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capabilities.h"
#include "router.h"
#include "switchboard-limits.h"

struct switchboard;

struct route {
  uint32_t device;
  uint32_t seat;
  /* The proxy that takes all of the device, for each target; 0: none does. */
  uint32_t clones[LIMIT_TARGETS];
};

struct switchboard_table {
  size_t route_count;
  struct route routes[LIMIT_DEVICES];
  size_t target_count;
  struct {
    uint32_t keyboard;
    uint32_t pointer;
  } targets[LIMIT_TARGETS];
  size_t seat_count;
  struct {
    bool swallow;
    bool direct;
  } seats[LIMIT_SEATS];
  struct chord_list list;
};

struct switchboard_event {
  enum { EVENT_CHORD, EVENT_GONE, EVENT_MOVED, EVENT_REFUSED, EVENT_PANIC } kind;
  /* Of the chord. */
  uint32_t id;
  /* Of the chord, the move or the refusal. */
  uint32_t seat;
  uint32_t target;
  /* Of the move. */
  uint32_t turn;
  enum why why;
  /* The device that is gone or that could not be taken, 0 for none; its errno, or NOBODY_LISTENS. */
  uint32_t device;
  int error;
};

/*
 * `wake` says that there is something to take; it must not block. `realtime` asks for SCHED_FIFO;
 * switchboard_is_realtime() says whether it was allowed.
 */
const char *switchboard_start(struct switchboard **started, bool realtime, void (*wake)(void *),
                              void *context);

bool switchboard_is_realtime(const struct switchboard *switchboard);

/* Ends the threads, gives every device back, closes all and frees the switchboard. */
void switchboard_stop(struct switchboard *switchboard);

/*
 * Opens an event device and listens to it.
 * ENOTTY from EVIOCGVERSION: not an event device. EMFILE: LIMIT_DEVICES are open.
 */
const char *switchboard_open(struct switchboard *switchboard, const char *path, uint32_t *device);

/* What a device can send. EBADF: it is not open. */
const char *switchboard_capabilities(struct switchboard *switchboard, uint32_t device,
                                     struct capabilities *capabilities);

/* No event of the device is taken afterwards. A number that is not open is ignored. */
void switchboard_close(struct switchboard *switchboard, uint32_t device);

/* Makes a proxy; see proxy.h. EMFILE: there is no room for another. */
const char *switchboard_create_proxy(struct switchboard *switchboard, const char *name,
                                     const char *phys, const struct capabilities *capabilities,
                                     uint32_t *proxy);

/*
 * Takes over the descriptors of a proxy that the service manager has kept, and releases what is held
 * on it. They are the caller's again when it fails.
 */
const char *switchboard_adopt_proxy(struct switchboard *switchboard, int uinput_fd, int node_fd,
                                    uint32_t *proxy);

/* Opens the event device that udev has made of a proxy. Until then nobody is heard on it. */
const char *switchboard_open_node(struct switchboard *switchboard, uint32_t proxy,
                                  const char *path);

/* The descriptors of a proxy, the second -1 until its node is open. EBADF: there is no such. */
const char *switchboard_descriptors(struct switchboard *switchboard, uint32_t proxy, int fds[2]);

/* How many events a proxy has been sent, modulo 2^32; 0 for one that there is not. */
uint32_t switchboard_written(const struct switchboard *switchboard, uint32_t proxy);

/* The process whose end sends a target's seats back; 0: none. ESRCH: it has ended. */
const char *switchboard_watch(struct switchboard *switchboard, uint32_t target, pid_t pid);

/*
 * Puts a new table in force between two reports. Its seats, targets and keys are within their limits
 * and no device is routed twice; devices and proxies that are not there, gone perhaps, are ignored.
 */
void switchboard_apply(struct switchboard *switchboard, const struct switchboard_table *table);

/* As router_move() says. */
bool switchboard_move(struct switchboard *switchboard, uint32_t seat, uint32_t target,
                      uint32_t turn);

/* All goes back to the host for good after that many nanoseconds; 0 takes it back. */
void switchboard_try(struct switchboard *switchboard, int64_t duration);

/* Takes the next event; false when there is none. A device is closed when its going is taken. */
bool switchboard_take(struct switchboard *switchboard, struct switchboard_event *event);
