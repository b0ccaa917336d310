#pragma once

/* The switchboard's state and its thread, private to switchboard.c and switchboard-thread.c. */

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "chords.h"
#include "switchboard-limits.h"
#include "switchboard.h"

enum {
  /* Chords beyond this are dropped while nobody takes them. A power of two: its counts wrap. */
  CHORD_ROOM = 64,
  /* What epoll calls the eventfd of orders; devices go by their slot. */
  ORDERS = LIMIT_DEVICES,
};

struct switchboard {
  /*
   * The owner's. Number 0 is a free slot. Opening and closing is the owner's work because both can
   * take tens of milliseconds in the kernel, which would hold up the other devices.
   */
  struct {
    uint32_t number;
    int fd;
  } devices[LIMIT_DEVICES];
  uint32_t last_number;
  pthread_t thread;

  /* Fixed while the thread runs. */
  int epoll_fd;
  int orders_fd;
  void (*wake)(void *);
  void *context;

  /* The owner's until it writes to `orders_fd`, then the thread's until it posts `done`. */
  struct {
    enum { ORDER_WATCH, ORDER_FORGET, ORDER_APPLY, ORDER_STOP } kind;
    unsigned slot;
    const unsigned long *down;
    const int8_t *seats;
    const struct chord_list *list;
    int error;
  } order;
  sem_t done;

  /* The thread's. */
  bool watched[LIMIT_DEVICES];
  struct chords chords;

  /*
   * From the thread to the owner: a ring of chords, whose counts only grow, and each slot's errno
   * once its device is gone.
   */
  struct switchboard_event fired[CHORD_ROOM];
  _Atomic uint32_t put;
  _Atomic uint32_t taken;
  _Atomic int gone[LIMIT_DEVICES];
};

/* The thread's main function; its argument is the switchboard. Ends with ORDER_STOP. */
void *switchboard_run(void *argument);
