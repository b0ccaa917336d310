/*
 * The switchboard's threads against each other: two keyboards type without pause, each on a pipe,
 * while the owner moves their seat to and fro, changes the table, and asks for all else there is.
 * Takes how often each types its key; prints how many presses and releases the proxy has had.
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

static struct switchboard_table table = {.route_count = 2, .target_count = 2, .seat_count = 1};

static void *type(void *keyboard);
static void *count_keys(void *fd);
static void report(int fd, uint16_t key, int value);
static void wake(void *context);

int main(int count, char **arguments) {
  if (count != 2) return 2;
  const int rounds = atoi(arguments[1]);
  const struct capabilities none = {0};
  struct switchboard *switchboard;
  struct switchboard_event event;
  pthread_t threads[3];
  int pipes[3][2];
  char names[3][16];
  for (int i = 0; i < 3; i++) {
    // A pipe that is full takes half an event, which uinput never does.
    if (i < 2 ? pipe(pipes[i]) < 0 : socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pipes[i]) < 0) return 1;
    snprintf(names[i], sizeof names[i], "%d", pipes[i][i == 2]);
  }
  struct keyboard keyboards[2] = {{pipes[0][1], KEY_A, rounds}, {pipes[1][1], KEY_B, rounds}};
  if (switchboard_start(&switchboard, true, wake, NULL) != NULL) return 1;
  uint32_t proxy;
  if (switchboard_create_proxy(switchboard, names[2], "", &none, &proxy) != NULL) return 1;
  for (int i = 0; i < 2; i++) {
    if (switchboard_open(switchboard, names[i], &table.routes[i].device) != NULL) return 1;
  }
  table.targets[1].keyboard = table.targets[1].pointer = proxy;
  pthread_create(&threads[2], NULL, count_keys, &pipes[2][0]);
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
  while (unread > 0) ioctl(pipes[2][0], FIONREAD, &unread);
  switchboard_stop(switchboard);
  pthread_join(threads[2], NULL);
  return 0;
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
