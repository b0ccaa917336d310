/*
 * measure HZ REPORTS DEVICES [COMMAND]: how long reports take from uinput sources to whoever reads
 * what the command makes of them, as JSON (see reports.h). In the command {source} stands for the
 * sources' event nodes; on its first line it prints the event nodes of its own devices, in the same
 * order, with blanks in between. They are grabbed, as a guest's hypervisor does, unless they are the
 * sources themselves, which are the desktop's. Without a command the sources are read.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "failure.h"
#include "forwarder.h"
#include "reports.h"
#include "uinput.h"

/* As long as udev takes to end the processes that looked at the devices. */
enum { SETTLE_MS = 10000 };
enum { LINE_ROOM = REPORTS_MOST_LINKS * NODE_ROOM };

static void create_sources(struct reports_plan *plan, char *nodes);
static pid_t start(const char *command, char *nodes);
static void open_outputs(struct reports_plan *plan, char *nodes, bool grabbed);

int main(int count, char **arguments) {
  if (count < 4 || count > 5) {
    fputs("measure HZ REPORTS DEVICES [COMMAND]\n", stderr);
    return 2;
  }
  struct reports_plan plan = {.hz = (unsigned)atoi(arguments[1]),
                              .count = (unsigned)atoi(arguments[2]),
                              .settle_ms = SETTLE_MS,
                              .link_count = (unsigned)atoi(arguments[3])};
  if (plan.hz == 0 || plan.link_count == 0 || plan.link_count > REPORTS_MOST_LINKS) return 2;
  const char *command = arguments[4];
  char nodes[LINE_ROOM] = "";
  char sources[LINE_ROOM];
  create_sources(&plan, nodes);
  strcpy(sources, nodes);
  pid_t forwarder = command == NULL ? 0 : start(command, nodes);
  nodes[strcspn(nodes, "\n")] = '\0';
  open_outputs(&plan, nodes, strcmp(nodes, sources) != 0);

  reports_await(&plan);
  int64_t before = command == NULL ? 0 : forwarder_cpu_ns(forwarder);
  struct reports_result result = reports_run(&plan);
  int64_t cpu_ns = command == NULL ? -1 : forwarder_cpu_ns(forwarder) - before;
  if (command != NULL) forwarder_stop(forwarder);
  reports_print(&plan, &result, cpu_ns);
  return 0;
}

static void create_sources(struct reports_plan *plan, char *nodes) {
  for (unsigned i = 0; i < plan->link_count; i++) {
    struct uinput_traits traits = {
        .name = "Measured source", .phys = "measured/input0", .vendor = 0x1209, .pointer = true};
    char node[NODE_ROOM];
    plan->links[i].out = uinput_create(&traits, node);
    if (plan->links[i].out < 0) fail("/dev/uinput");
    if (i > 0) strcat(nodes, " ");
    strcat(nodes, node);
  }
}

/* Puts the output nodes in place of the sources'. */
static pid_t start(const char *command, char *nodes) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) fail("pipe2");
  pid_t forwarder = forwarder_start(command, nodes, STDIN_FILENO, ends[1]);
  close(ends[1]);
  // Stays open, for it may go on to print.
  FILE *output = fdopen(ends[0], "r");
  errno = EPIPE;
  if (output == NULL || fgets(nodes, LINE_ROOM, output) == NULL) fail("the forwarder's first line");
  return forwarder;
}

static void open_outputs(struct reports_plan *plan, char *nodes, bool grabbed) {
  const char *node = strtok(nodes, " ");
  for (unsigned i = 0; i < plan->link_count; i++, node = strtok(NULL, " ")) {
    errno = ENOENT;
    if (node == NULL) fail("an output node");
    int fd = open(node, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (grabbed && ioctl(fd, EVIOCGRAB, 1) < 0)) fail(node);
    plan->links[i].in = fd;
  }
}
