#pragma once

/* The switchboard's state and its thread, private to switchboard.c and switchboard-thread.c. */

#include <pthread.h>
#include <semaphore.h>
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
enum { WATCH_DEVICE = 0x000, WATCH_PROXY = 0x100, WATCH_PROCESS = 0x200, WATCH_ORDERS = 0x300,
       WATCH_TIMER = 0x400, WATCH_KIND = 0xf00 };

struct switchboard {
  /*
   * The owner's, but for what the thread does to a device or proxy that it watches. Number 0 is a
   * free slot. Opening and closing is the owner's work because both can take tens of milliseconds in
   * the kernel, which would hold up the other devices.
   */
  struct {
    uint32_t number;
    struct device device;
  } devices[LIMIT_DEVICES];
  struct {
    uint32_t number;
    struct proxy proxy;
  } proxies[LIMIT_SINKS];
  uint32_t last_number;
  int process_fds[LIMIT_TARGETS];
  pthread_t thread;

  /* Fixed while the thread runs. */
  int epoll_fd;
  int orders_fd;
  int timer_fd;
  void (*wake)(void *);
  void *context;
  /* Asked for by the owner, answered by the thread as it starts. */
  bool realtime;

  /* The owner's until it writes to `orders_fd`, then the thread's until it posts `done`. */
  struct {
    void (*carry_out)(struct switchboard *switchboard, void *argument);
    void *argument;
  } order;
  sem_t done;

  /* The thread's. */
  bool stopped;
  bool watched[LIMIT_DEVICES];
  struct router router;
  int64_t timer_due;

  /*
   * From the thread to the owner: a ring of events, whose counts only grow; each slot's errno once
   * its device is gone; each seat's last move, which no full ring loses; and the panics.
   */
  struct switchboard_event events[EVENT_ROOM];
  _Atomic uint32_t put;
  _Atomic uint32_t taken;
  _Atomic int gone[LIMIT_DEVICES];
  _Atomic uint64_t moves[LIMIT_SEATS];
  _Atomic uint32_t panics;
  /* Events sent to each proxy; nobody sends to slot 0. */
  _Atomic uint32_t written[LIMIT_SINKS];

  /* What the owner has told of the last two. */
  uint64_t moves_told[LIMIT_SEATS];
  uint32_t panics_told;
};

/* The thread's main function; its argument is the switchboard. Ends when `stopped`. */
void *switchboard_run(void *argument);

/* What the router does to the world. */
struct router_ports switchboard_ports(struct switchboard *switchboard);

/* Orders, for the thread to carry out. */
struct slot_order {
  unsigned slot;
  const unsigned long *down;
  uint32_t leds;
  int fd;
  int error;
};

struct move_order {
  uint32_t seat;
  uint32_t target;
  uint32_t turn;
  bool accepted;
};

void order_device(struct switchboard *switchboard, void *slot_order);
void order_forget(struct switchboard *switchboard, void *slot_order);
void order_proxy(struct switchboard *switchboard, void *slot_order);
void order_node(struct switchboard *switchboard, void *slot_order);
void order_process(struct switchboard *switchboard, void *slot_order);
void order_apply(struct switchboard *switchboard, void *router_table);
void order_move(struct switchboard *switchboard, void *move_order);
void order_trial(struct switchboard *switchboard, void *duration);
void order_stop(struct switchboard *switchboard, void *nothing);

/* A seat's move in one word. */
uint64_t packed_move(unsigned owner, uint32_t turn, enum why why);
