#include "reports.h"

#include <linux/input.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "failure.h"

enum { LOW_BITS = 10, LOW_MASK = (1 << LOW_BITS) - 1, PROBE_MS = 10, QUIET_MS = 1000 };

/* A link and what has happened on it. */
struct lane {
  struct reports_link link;
  pthread_t reader;
  unsigned total;
  atomic_uint written;
  atomic_uint arrived;
  atomic_bool is_through;
  int64_t *written_ns;
  /* 0 until the report has arrived. */
  int64_t *latency_ns;
};

static struct lane lanes[REPORTS_MOST_LINKS];

static void *read_lane(void *context);
static void take_report(struct lane *lane, const struct input_event *motion, int64_t now);
static void write_report(const struct lane *lane, int x, int y);
static void write_numbered(const struct reports_plan *plan, unsigned total);
static unsigned await_quiet(const struct reports_plan *plan);
static struct reports_result result_of(const struct reports_plan *plan);
static int by_length(const void *left, const void *right);
static int64_t now_ns(void);
static void pause_ms(long duration);

void reports_await(const struct reports_plan *plan) {
  for (unsigned i = 0; i < plan->link_count; i++) {
    struct lane *lane = &lanes[i];
    lane->link = plan->links[i];
    lane->total = REPORTS_WARM_UP + plan->count;
    lane->written_ns = calloc(lane->total, sizeof *lane->written_ns);
    lane->latency_ns = calloc(lane->total, sizeof *lane->latency_ns);
    if (lane->written_ns == NULL || lane->latency_ns == NULL) fail("calloc");
    if (pthread_create(&lane->reader, NULL, read_lane, lane) != 0) fail("pthread_create");
  }
  for (unsigned i = 0; i < plan->link_count; i++) {
    while (!atomic_load(&lanes[i].is_through)) {
      write_report(&lanes[i], -1, -1);
      pause_ms(PROBE_MS);
    }
  }
  pause_ms(plan->settle_ms);
}

static void *read_lane(void *context) {
  struct lane *lane = context;
  // By code: x and y of the report that is not whole yet.
  struct input_event motion[2] = {0};
  struct input_event events[64];
  ssize_t bytes;
  while ((bytes = read(lane->link.in, events, sizeof events)) > 0) {
    int64_t now = now_ns();
    for (ssize_t i = 0; i < bytes / (ssize_t)sizeof *events; i++) {
      const struct input_event *event = &events[i];
      if (event->type == EV_REL && event->code <= REL_Y) motion[event->code] = *event;
      if (event->type != EV_SYN) continue;
      if (event->code == SYN_REPORT) take_report(lane, motion, now);
      motion[REL_X].value = motion[REL_Y].value = 0;
    }
  }
  return NULL;
}

static void take_report(struct lane *lane, const struct input_event *motion, int64_t now) {
  int low = motion[REL_X].value - 1;
  int high = motion[REL_Y].value - 1;
  if (low < -1 && high < -1) atomic_store(&lane->is_through, true);
  if (low < 0 || low > LOW_MASK || high < 0) return;
  unsigned number = (unsigned)high << LOW_BITS | (unsigned)low;
  if (number >= atomic_load(&lane->written) || lane->latency_ns[number] != 0) return;
  lane->latency_ns[number] = now - lane->written_ns[number];
  atomic_fetch_add(&lane->arrived, 1);
}

static void write_report(const struct lane *lane, int x, int y) {
  const struct input_event events[] = {{.type = EV_REL, .code = REL_X, .value = x},
                                       {.type = EV_REL, .code = REL_Y, .value = y},
                                       {.type = EV_SYN, .code = SYN_REPORT}};
  if (write(lane->link.out, events, sizeof events) != (ssize_t)sizeof events) fail("write");
}

struct reports_result reports_run(const struct reports_plan *plan) {
  unsigned total = REPORTS_WARM_UP + plan->count;
  write_numbered(plan, total);
  unsigned arrived = await_quiet(plan);
  for (unsigned i = 0; i < plan->link_count; i++) {
    pthread_cancel(lanes[i].reader);
    pthread_join(lanes[i].reader, NULL);
  }
  struct reports_result result = result_of(plan);
  result.lost = total * plan->link_count - arrived;
  return result;
}

static void write_numbered(const struct reports_plan *plan, unsigned total) {
  struct timespec tick;
  clock_gettime(CLOCK_MONOTONIC, &tick);
  for (unsigned number = 0; number < total; number++) {
    tick.tv_nsec += 1000000000L / plan->hz;
    if (tick.tv_nsec >= 1000000000L) {
      tick.tv_nsec -= 1000000000L;
      tick.tv_sec++;
    }
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &tick, NULL) != 0) continue;
    for (unsigned i = 0; i < plan->link_count; i++) {
      struct lane *lane = &lanes[i];
      lane->written_ns[number] = now_ns();
      atomic_store(&lane->written, number + 1);
      write_report(lane, (int)(number & LOW_MASK) + 1, (int)(number >> LOW_BITS) + 1);
    }
  }
}

/* How many have arrived once all are there, or none has come for a while. */
static unsigned await_quiet(const struct reports_plan *plan) {
  unsigned before = 0;
  for (long quiet = 0; quiet < QUIET_MS; quiet += PROBE_MS) {
    unsigned arrived = 0;
    for (unsigned i = 0; i < plan->link_count; i++) arrived += atomic_load(&lanes[i].arrived);
    if (arrived == lanes[0].total * plan->link_count) return arrived;
    if (arrived != before) quiet = 0;
    before = arrived;
    pause_ms(PROBE_MS);
  }
  return before;
}

static struct reports_result result_of(const struct reports_plan *plan) {
  int64_t *all = calloc((size_t)plan->count * plan->link_count, sizeof *all);
  if (all == NULL) fail("calloc");
  size_t count = 0;
  for (unsigned i = 0; i < plan->link_count; i++) {
    for (unsigned number = REPORTS_WARM_UP; number < lanes[i].total; number++) {
      if (lanes[i].latency_ns[number] != 0) all[count++] = lanes[i].latency_ns[number];
    }
  }
  qsort(all, count, sizeof *all, by_length);
  struct reports_result result = {0};
  if (count > 0) {
    result.p50_us = (double)all[(count - 1) * 500 / 1000] / 1e3;
    result.p99_us = (double)all[(count - 1) * 990 / 1000] / 1e3;
    result.p999_us = (double)all[(count - 1) * 999 / 1000] / 1e3;
    result.max_us = (double)all[count - 1] / 1e3;
  }
  free(all);
  return result;
}

static int by_length(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left;
  int64_t b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void pause_ms(long duration) {
  struct timespec pause = {.tv_sec = duration / 1000, .tv_nsec = duration % 1000 * 1000000};
  while (nanosleep(&pause, &pause) != 0) continue;
}

void reports_print(const struct reports_plan *plan, const struct reports_result *result,
                   int64_t cpu_ns) {
  char cpu[32] = "null";
  double forwarded = (double)(REPORTS_WARM_UP + plan->count) * plan->link_count;
  if (cpu_ns >= 0) snprintf(cpu, sizeof cpu, "%.3f", (double)cpu_ns / 1e6 * 1e5 / forwarded);
  printf("{\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f,\"cpuMsPer100k\":%s,\"lost\":%u}\n",
         result->p50_us, result->p99_us, result->p999_us, result->max_us, cpu, result->lost);
}
