/*
 * Stands for a desktop, or with a grab for QEMU: opens an event node, prints `listening`, and then
 * each report as a line of event text (see event-text.h); `dropped` where the kernel's buffer
 * overflowed, `gone` at the device's end. With --times each report begins with the time that the
 * kernel gave it, in seconds of CLOCK_MONOTONIC. Takes commands on standard input and says when
 * they are done:
 *
 *   grab, ungrab   grabbed or busy, ungrabbed
 *   stall, resume  stalled, resumed: the node is not read in between
 *   led capsl 1    sets an LED; its report comes back
 *   keys           what the kernel takes for down: `down: a leftctrl`
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "event-text.h"

struct listener {
  int device;
  bool has_times;
  bool is_stalled;
  /* Of the report that is not whole yet. */
  size_t size;
  char text[8192];
  bool is_dropped;
};

static _Noreturn void fail(const char *what);
static void obey(char *line, void *context);
static void grab(const struct listener *listener, bool is_wanted);
static void set_led(const struct listener *listener, const char *text);
static void print_keys(const struct listener *listener);
static void print_reports(struct listener *listener);
static void take_event(struct listener *listener, const struct input_event *event);
static void print_report(const struct listener *listener, const struct input_event *end);

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  static struct listener listener;
  bool is_grabbed = false;
  for (int i = 2; i < count; i++) {
    is_grabbed = is_grabbed || strcmp(arguments[i], "--grab") == 0;
    listener.has_times = listener.has_times || strcmp(arguments[i], "--times") == 0;
  }
  if (count != 2 + is_grabbed + listener.has_times) {
    fputs("listener PATH [--grab] [--times]\n", stderr);
    return 2;
  }
  listener.device = open(arguments[1], O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (listener.device < 0) fail(arguments[1]);
  int clock = CLOCK_MONOTONIC;
  if (ioctl(listener.device, EVIOCSCLOCKID, &clock) < 0) fail("EVIOCSCLOCKID");
  puts("listening");
  if (is_grabbed) grab(&listener, true);

  struct commands commands = {.fd = STDIN_FILENO};
  while (true) {
    // A negative descriptor is left out.
    struct pollfd polled[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = listener.is_stalled ? -1 : listener.device, .events = POLLIN}};
    if (poll(polled, 2, -1) < 0) fail("poll");
    if (polled[1].revents != 0) print_reports(&listener);
    if (polled[0].revents != 0 && !commands_read(&commands, obey, &listener)) return 0;
  }
}

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "listener: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void obey(char *line, void *context) {
  struct listener *listener = context;
  if (strcmp(line, "grab") == 0) {
    grab(listener, true);
  } else if (strcmp(line, "ungrab") == 0) {
    grab(listener, false);
  } else if (strcmp(line, "stall") == 0) {
    listener->is_stalled = true;
    puts("stalled");
  } else if (strcmp(line, "resume") == 0) {
    listener->is_stalled = false;
    puts("resumed");
  } else if (strcmp(line, "keys") == 0) {
    print_keys(listener);
  } else if (strncmp(line, "led ", 4) == 0) {
    set_led(listener, line + 4);
  } else {
    fprintf(stderr, "listener: what is '%s'?\n", line);
    exit(2);
  }
}

static void grab(const struct listener *listener, bool is_wanted) {
  if (ioctl(listener->device, EVIOCGRAB, is_wanted) == 0) {
    puts(is_wanted ? "grabbed" : "ungrabbed");
  } else if (is_wanted && errno == EBUSY) {
    puts("busy");
  } else {
    fail("EVIOCGRAB");
  }
}

/* `capsl 1` */
static void set_led(const struct listener *listener, const char *text) {
  char name[WORD_ROOM / 2];
  char word[WORD_ROOM];
  int value;
  struct input_event events[2] = {0};
  errno = EINVAL;
  if (sscanf(text, "%20s %d", name, &value) != 2) fail(text);
  snprintf(word, sizeof word, "led_%s=%d", name, value);
  if (!event_from_word(word, events)) fail(text);
  if (write(listener->device, events, sizeof events) < 0) fail("write");
}

static void print_keys(const struct listener *listener) {
  unsigned char down[KEY_CNT / 8] = {0};
  if (ioctl(listener->device, EVIOCGKEY(sizeof down), down) < 0) fail("EVIOCGKEY");
  printf("down:");
  for (unsigned key = 0; key < KEY_CNT; key++) {
    if (!(down[key / 8] >> key % 8 & 1)) continue;
    char word[WORD_ROOM];
    word_from_event(&(struct input_event){.type = EV_KEY, .code = (__u16)key, .value = 1}, word);
    printf(" %.*s", (int)strlen(word) - 1, word);
  }
  puts("");
}

static void print_reports(struct listener *listener) {
  struct input_event events[64];
  ssize_t bytes = read(listener->device, events, sizeof events);
  if (bytes < 0 && errno == ENODEV) {
    puts("gone");
    exit(0);
  }
  if (bytes < 0 && errno != EAGAIN) fail("read");
  for (ssize_t i = 0; i * (ssize_t)sizeof *events < bytes; i++) take_event(listener, &events[i]);
}

static void take_event(struct listener *listener, const struct input_event *event) {
  if (event->type == EV_SYN && event->code == SYN_DROPPED) {
    // What came before belongs to a report whose rest is lost, and so does what comes up to its end.
    listener->is_dropped = true;
    puts("dropped");
  } else if (event->type == EV_SYN && event->code == SYN_REPORT) {
    if (!listener->is_dropped && listener->size > 0) print_report(listener, event);
    listener->is_dropped = false;
    listener->size = 0;
  } else if (sizeof listener->text - listener->size > WORD_ROOM) {
    char word[WORD_ROOM];
    word_from_event(event, word);
    char *end = listener->text + listener->size;
    listener->size += (size_t)sprintf(end, listener->size == 0 ? "%s" : " %s", word);
  }
}

static void print_report(const struct listener *listener, const struct input_event *end) {
  if (listener->has_times) {
    printf("%lld.%06lld ", (long long)end->input_event_sec, (long long)end->input_event_usec);
  }
  printf("%.*s\n", (int)listener->size, listener->text);
}
