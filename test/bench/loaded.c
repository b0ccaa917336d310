/*
 * loaded HZ REPORTS COMMAND: how long reports take through a command that passes them from its
 * standard input to its standard output, while a busy process for each processor competes with it;
 * as JSON (see reports.h). Writing and reading have a real-time priority above the command's, as a
 * device's interrupt would, so that what is measured is the command's own waiting.
 */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.h"
#include "forwarder.h"
#include "reports.h"

enum { PRIORITY = 50, MOST_BUSY = 256, SETTLE_MS = 500 };

static pid_t start_busy(void);

int main(int count, char **arguments) {
  if (count != 4) {
    fputs("loaded HZ REPORTS COMMAND\n", stderr);
    return 2;
  }
  struct reports_plan plan = {.hz = (unsigned)atoi(arguments[1]),
                              .count = (unsigned)atoi(arguments[2]),
                              .settle_ms = SETTLE_MS,
                              .link_count = 1};
  if (plan.hz == 0) return 2;
  int there[2];
  int back[2];
  if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0) fail("pipe2");
  plan.links[0] = (struct reports_link){.out = there[1], .in = back[0]};

  pid_t busy[MOST_BUSY];
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  int busy_count = processors < MOST_BUSY ? (int)processors : MOST_BUSY;
  for (int i = 0; i < busy_count; i++) busy[i] = start_busy();
  pid_t forwarder = forwarder_start(arguments[3], "", there[0], back[1]);
  // After the others have started, for they would inherit it.
  struct sched_param parameter = {.sched_priority = PRIORITY};
  if (sched_setscheduler(0, SCHED_FIFO, &parameter) < 0) fail("SCHED_FIFO (it takes root)");

  reports_await(&plan);
  int64_t before = forwarder_cpu_ns(forwarder);
  struct reports_result result = reports_run(&plan);
  int64_t cpu_ns = forwarder_cpu_ns(forwarder) - before;
  forwarder_stop(forwarder);
  for (int i = 0; i < busy_count; i++) {
    kill(busy[i], SIGKILL);
    waitpid(busy[i], NULL, 0);
  }
  reports_print(&plan, &result, cpu_ns);
  return 0;
}

static pid_t start_busy(void) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (volatile unsigned long turns = 0;; turns++) continue;
}
