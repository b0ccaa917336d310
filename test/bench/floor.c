/*
 * The least that forwarding can cost: floor [--fifo] SOURCE... grabs each source, prints the event
 * node of a pointer of its own for each, and copies by a blocking read and write, a thread for each;
 * with HANDGLASS_BENCH_BLOCK=1 another thread is busy for 50 ms in every 500.
 * `floor [--fifo] -` copies standard input to standard output. With --fifo under SCHED_FIFO.
 */

#include <fcntl.h>
#include <linux/input.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"
#include "uinput.h"

enum { MOST_SOURCES = 8, PRIORITY = 5, BUSY_MS = 50, REST_MS = 450 };

struct way {
  int in;
  int out;
};

static void open_way(struct way *way, const char *source, char node[NODE_ROOM]);
static void *copy(void *context);
static void *block(void *context);
static long now_ms(void);

int main(int count, char **arguments) {
  bool is_fifo = count > 1 && strcmp(arguments[1], "--fifo") == 0;
  char **sources = arguments + 1 + is_fifo;
  int source_count = count - 1 - is_fifo;
  if (source_count < 1 || source_count > MOST_SOURCES) {
    fputs("floor [--fifo] SOURCE... | -\n", stderr);
    return 2;
  }
  struct sched_param parameter = {.sched_priority = PRIORITY};
  if (is_fifo && sched_setscheduler(0, SCHED_FIFO, &parameter) < 0) fail("SCHED_FIFO");
  if (strcmp(sources[0], "-") == 0) {
    copy(&(struct way){.in = STDIN_FILENO, .out = STDOUT_FILENO});
    return 0;
  }
  struct way ways[MOST_SOURCES];
  pthread_t threads[MOST_SOURCES];
  for (int i = 0; i < source_count; i++) {
    char node[NODE_ROOM];
    open_way(&ways[i], sources[i], node);
    printf("%s%c", node, i == source_count - 1 ? '\n' : ' ');
  }
  fflush(stdout);
  const char *blocks = getenv("HANDGLASS_BENCH_BLOCK");
  pthread_t blocker;
  if (blocks != NULL && strcmp(blocks, "1") == 0 &&
      pthread_create(&blocker, NULL, block, NULL) != 0) {
    fail("pthread_create");
  }
  for (int i = 0; i < source_count; i++) {
    if (pthread_create(&threads[i], NULL, copy, &ways[i]) != 0) fail("pthread_create");
  }
  for (int i = 0; i < source_count; i++) pthread_join(threads[i], NULL);
  return 0;
}

static void open_way(struct way *way, const char *source, char node[NODE_ROOM]) {
  struct uinput_traits traits = {.name = "Floor", .phys = "floor/input0", .pointer = true};
  way->in = open(source, O_RDONLY | O_CLOEXEC);
  if (way->in < 0 || ioctl(way->in, EVIOCGRAB, 1) < 0) fail(source);
  way->out = uinput_create(&traits, node);
  if (way->out < 0) fail("/dev/uinput");
}

static void *copy(void *context) {
  const struct way *way = context;
  struct input_event events[64];
  ssize_t bytes;
  while ((bytes = read(way->in, events, sizeof events)) > 0) {
    if (write(way->out, events, (size_t)bytes) != bytes) fail("write");
  }
  return NULL;
}

static void *block(void *context) {
  for (;;) {
    usleep(REST_MS * 1000);
    for (long end = now_ms() + BUSY_MS; now_ms() < end;) continue;
  }
  return context;
}

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
