#pragma once

/*
 * The switchboard's state, private to the files whose names begin with switchboard.
 *
 * Beside the owner there are two threads for each device, of which one waits in a read for its reports
 * and the other gives it back to the host, and one for all else: times, LEDs, the ends of processes.
 * `lock` is for what several of them use. It
 * lends who has it the priority of who waits for it, and what follows from a change is done before
 * it is given up.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "device.h"
#include "proxy.h"
#include "router.h"
#include "switchboard.h"

enum {
  /* Events beyond this are dropped while nobody takes them. A power of two: its counts wrap. */
  EVENT_ROOM = 256,
};

/* What epoll calls each descriptor: its kind, and its slot or target in the low byte. */
enum { WATCH_PROXY = 0x000, WATCH_PROCESS = 0x100, WATCH_TIMER = 0x200, WATCH_WAKE = 0x300,
       WATCH_KIND = 0xf00 };

struct switchboard_device {
  /* The owner's; number 0 is a free slot. */
  uint32_t number;
  pthread_t reader;
  pthread_t ungrabber;
  /* Fixed while the threads run. */
  struct switchboard *switchboard;
  /* Under the lock, but for the descriptor, which is fixed too, and for its LEDs while it is ungrabbed. */
  struct device device;
  /* What the ungrabber waits for, under the lock. */
  pthread_cond_t request;
  bool closing;
};

struct switchboard {
  /* Fixed while the threads run. */
  int epoll_fd;
  /* Wakes the watcher. */
  int wake_fd;
  int timer_fd;
  bool realtime;
  void (*wake)(void *);
  void *context;
  pthread_t watcher;

  /*
   * Opening and closing is done without the lock, because both can take tens of milliseconds in the
   * kernel, which would hold up the other devices.
   */
  pthread_mutex_t lock;
  struct router router;
  struct switchboard_device devices[LIMIT_DEVICES];
  /* Whether the router knows the device. */
  bool watched[LIMIT_DEVICES];
  /* Devices that are being given back, by bits; whoever asks the kernel of one waits for that. */
  uint64_t ungrabbing;
  struct {
    /* The owner's; number 0 is a free slot. */
    uint32_t number;
    struct proxy proxy;
  } proxies[LIMIT_SINKS];
  /* Proxies that the watcher has asked about, and those among them that somebody listens to. */
  uint64_t asked;
  uint64_t heard;
  /* Proxies that we have grabbed to find out that nobody else has; the watcher ends that. */
  uint64_t probed;
  int process_fds[LIMIT_TARGETS];
  int64_t timer_due;
  bool stopping;

  /*
   * From whoever has the lock to the owner, who takes it without: a ring of events, whose counts only
   * grow; each slot's errno once its device is gone; each seat's last move, which no full ring loses;
   * and the panics.
   */
  struct switchboard_event events[EVENT_ROOM];
  _Atomic uint32_t put;
  _Atomic uint32_t taken;
  _Atomic int gone[LIMIT_DEVICES];
  _Atomic uint64_t moves[LIMIT_SEATS];
  _Atomic uint32_t panics;
  /* Events sent to each proxy; nobody sends to slot 0. */
  _Atomic uint32_t written[LIMIT_SINKS];

  /* What the owner has told of the moves and panics, and the last number that it gave. */
  uint64_t moves_told[LIMIT_SEATS];
  uint32_t panics_told;
  uint32_t last_number;
};

/* Start the thread of a device that the router knows, and the one for all else. An errno, or 0. */
int start_reader(struct switchboard *switchboard, unsigned slot);
int start_watcher(struct switchboard *switchboard);

/* One that gives a device back when asked to, under the lock; ended without it, when all is done. */
int start_ungrabber(struct switchboard *switchboard, unsigned slot);
void begin_ungrab(struct switchboard *switchboard, unsigned slot);
void end_ungrabber(struct switchboard *switchboard, unsigned slot);

/*
 * Gives the calling thread all the time that this process may give. Linux keeps it for each thread, and
 * heeds it without SCHED_FIFO.
 */
void be_quick(void);

/* Whether threads may have SCHED_FIFO. */
bool may_be_realtime(void);

int start_thread(struct switchboard *switchboard, pthread_t *thread, void *(*run)(void *),
                 void *argument);

void lock_switchboard(struct switchboard *switchboard);
void unlock_switchboard(struct switchboard *switchboard);

/* Under the lock: takes a device out of the router. */
void forget_device(struct switchboard *switchboard, unsigned slot);

/* What the router does to the world; under the lock. */
struct router_ports switchboard_ports(struct switchboard *switchboard);

/* A seat's move in one word. */
uint64_t packed_move(unsigned owner, uint32_t turn, enum why why);

/* LIMIT_SINKS where there is none; slot 0 stands for no sink and is never given. */
unsigned proxy_slot(const struct switchboard *switchboard, uint32_t number);

/* 0 where there is none. */
uint8_t proxy_sink(const struct switchboard *switchboard, uint32_t number);
