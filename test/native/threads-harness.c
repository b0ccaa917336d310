/*
 * The switchboard's threads against each other: two keyboards type without pause, each on a pipe,
 * while the owner moves their seat to and fro, changes the table, and asks for all else there is.
 * Before that, while nobody types, the seat goes to a domain as soon as it is back from it, and comes
 * home by itself when nobody listens there any more. Takes how often each types its key; prints how
 * many presses and releases the proxy has had.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../native/switchboard.h"

struct keyboard {
  int fd;
  uint16_t key;
  int rounds;
};

enum { TYPED_INTO, LEFT, TARGETS = 3 };

static struct switchboard_table table = {
    .route_count = 2, .target_count = TARGETS, .seat_count = 1};

static void *type(void *keyboard);
static void *count_keys(void *fd);
static void report(int fd, uint16_t key, int value);
static void wake(void *context);
static uint32_t wait_for(struct switchboard *switchboard, unsigned target);
static uint32_t add_proxy(struct switchboard *switchboard, int reader[1]);

int main(int count, char **arguments) {
  if (count != 2) return 2;
  const int rounds = atoi(arguments[1]);
  struct switchboard *switchboard;
  struct switchboard_event event;
  pthread_t threads[3];
  int readers[2];
  int pipes[3][2];
  char names[3][16];
  for (int i = 0; i < 3; i++) {
    if (pipe(pipes[i]) < 0) return 1;
    snprintf(names[i], sizeof names[i], "%d", pipes[i][0]);
  }
  struct keyboard keyboards[2] = {{pipes[0][1], KEY_A, rounds}, {pipes[1][1], KEY_B, rounds}};
  if (switchboard_start(&switchboard, true, wake, NULL) != NULL) return 1;
  for (int i = 0; i < 2; i++) {
    if (switchboard_open(switchboard, names[i], &table.routes[i].device) != NULL) return 1;
    uint32_t added = add_proxy(switchboard, &readers[i]);
    table.targets[i + 1].keyboard = table.targets[i + 1].pointer = added;
  }
  switchboard_apply(switchboard, &table);
  switchboard_move(switchboard, 0, 2, 0);
  uint32_t turn_there = wait_for(switchboard, 2);
  switchboard_move(switchboard, 0, HOST, 0);
  switchboard_move(switchboard, 0, 2, turn_there + 1);
  wait_for(switchboard, 2);
  close(readers[LEFT]);
  wait_for(switchboard, HOST);

  // One that its owner closes while it is being given back.
  uint32_t third;
  if (switchboard_open(switchboard, names[2], &third) != NULL) return 1;
  table.routes[2].device = third;
  table.route_count = 3;
  switchboard_apply(switchboard, &table);
  switchboard_move(switchboard, 0, 1, turn_there + 3);
  wait_for(switchboard, 1);
  switchboard_move(switchboard, 0, HOST, 0);
  close(pipes[2][1]);
  switchboard_close(switchboard, third);
  table.route_count = 2;

  uint32_t proxy = table.targets[1].keyboard;
  pthread_create(&threads[2], NULL, count_keys, &readers[TYPED_INTO]);
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, type, &keyboards[i]);
  int gone = 0;
  for (unsigned turn = 0; gone < 2; turn++) {
    table.seats[0].direct = turn % 2 == 0;
    switchboard_apply(switchboard, &table);
    switchboard_try(switchboard, turn % 3 == 0 ? INT64_C(3600000000000) : 0);
    switchboard_move(switchboard, 0, HOST, 0);
    while (switchboard_take(switchboard, &event)) {
      gone += event.kind == EVENT_GONE;
      if (event.kind == EVENT_MOVED) switchboard_move(switchboard, 0, 1, event.turn);
    }
    switchboard_watch(switchboard, 1, turn % 2 == 0 ? getpid() : 0);
    usleep(50);
    if (switchboard_written(switchboard, proxy) == 0) switchboard_move(switchboard, 0, 1, 0);
  }
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  // Nor does it ever have no room for the last releases.
  int unread = 1;
  while (unread > 0) ioctl(readers[TYPED_INTO], FIONREAD, &unread);
  switchboard_stop(switchboard);
  pthread_join(threads[2], NULL);
  return 0;
}

/* Nothing else is asked of the switchboard meanwhile. Gives the turn. */
static uint32_t wait_for(struct switchboard *switchboard, unsigned target) {
  struct switchboard_event event;
  for (;;) {
    if (!switchboard_take(switchboard, &event)) usleep(1000);
    else if (event.kind == EVENT_MOVED && event.target == target) return event.turn;
  }
}

static uint32_t add_proxy(struct switchboard *switchboard, int reader[1]) {
  const struct capabilities none = {0};
  uint32_t proxy;
  char name[16];
  int ends[2];
  // A pipe that is full takes half an event, which uinput never does.
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0) exit(1);
  *reader = ends[0];
  snprintf(name, sizeof name, "%d", ends[1]);
  if (switchboard_create_proxy(switchboard, name, "", &none, &proxy) != NULL) exit(1);
  return proxy;
}

static void *type(void *keyboard) {
  const struct keyboard *typist = keyboard;
  for (int i = 0; i < typist->rounds; i++) {
    report(typist->fd, typist->key, 1);
    report(typist->fd, typist->key, 0);
  }
  close(typist->fd);
  return NULL;
}

static void *count_keys(void *fd) {
  struct input_event events[1024];
  int pressed = 0;
  int released = 0;
  ssize_t bytes;
  while ((bytes = read(*(int *)fd, events, sizeof events)) > 0) {
    for (size_t i = 0; i < (size_t)bytes / sizeof *events; i++) {
      pressed += events[i].type == EV_KEY && events[i].value == 1;
      released += events[i].type == EV_KEY && events[i].value == 0;
    }
  }
  printf("%d pressed, %d released\n", pressed, released);
  return NULL;
}

static void report(int fd, uint16_t key, int value) {
  const struct input_event events[] = {{.type = EV_KEY, .code = key, .value = value},
                                       {.type = EV_SYN, .code = SYN_REPORT}};
  if (write(fd, events, sizeof events) != sizeof events) exit(1);
}

static void wake(void *context) {
  (void)context;
}
