/*
 * The switchboard between pipes: pipes [--fifo] passes reports from standard input to standard
 * output through the product's own threads, with a pipe in place of the device and of the proxy.
 */

#include <semaphore.h>
#include <string.h>

#include "../../native/switchboard.h"
#include "failure.h"

static sem_t woken;

static void wake(void *context);

int main(int count, char **arguments) {
  bool is_fifo = count == 2 && strcmp(arguments[1], "--fifo") == 0;
  static struct switchboard_table table = {.route_count = 1, .target_count = 2, .seat_count = 1};
  const struct capabilities none = {0};
  struct switchboard *switchboard;
  sem_init(&woken, 0, 0);
  const char *failed = switchboard_start(&switchboard, is_fifo, wake, NULL);
  if (failed == NULL && is_fifo && !switchboard_is_realtime(switchboard)) fail("SCHED_FIFO");
  if (failed == NULL) {
    failed = switchboard_create_proxy(switchboard, "1", "", &none, &table.targets[1].pointer);
  }
  if (failed == NULL) failed = switchboard_open(switchboard, "0", &table.routes[0].device);
  if (failed != NULL) fail(failed);
  // A pipe in place of a device says that it sends keys too.
  table.targets[1].keyboard = table.targets[1].pointer;
  switchboard_apply(switchboard, &table);
  switchboard_move(switchboard, 0, 1, 0);
  struct switchboard_event event = {0};
  while (event.kind != EVENT_GONE) {
    sem_wait(&woken);
    while (event.kind != EVENT_GONE && switchboard_take(switchboard, &event)) continue;
  }
  switchboard_stop(switchboard);
  return 0;
}

static void wake(void *context) {
  (void)context;
  sem_post(&woken);
}
