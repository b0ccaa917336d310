/*
 * Stands for a keyboard, a mouse, a tablet, a touchscreen or a lid: makes a device by uinput, prints
 * its event node, and sends each line of event text on standard input as one report (see
 * event-text.h); a line that begins with `raw` without the SYN_REPORT at its end; `type q 500` taps a
 * key so often, as fast as a report in a millisecond. Prints `led capsl=1` when an LED is set. The
 * device goes when the input ends.
 */

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "event-text.h"
#include "uinput.h"

static const char usage[] =
    "source [--name N] [--phys P] [--vendor HEX] [--product HEX]\n"
    "       [--keys] [--pointer] [--abs] [--touch] [--leds] [--sw] [--repeat]\n";

/* With the SYN_REPORT. */
enum { MOST_EVENTS = 256, REPORT_US = 1000 };

static struct uinput_traits traits_of(int count, char **arguments);
static void obey(char *line, void *device);
static void send_line(char *line, void *device);
static void print_leds(int device);

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  struct uinput_traits traits = traits_of(count, arguments);
  char node[NODE_ROOM];
  int device = uinput_create(&traits, node);
  if (device < 0) {
    fprintf(stderr, "source: no device: %s\n", strerror(errno));
    return 1;
  }
  puts(node);
  struct commands commands = {.fd = STDIN_FILENO};
  struct pollfd polled[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                            {.fd = device, .events = POLLIN}};
  while (poll(polled, 2, -1) >= 0) {
    if (polled[1].revents != 0) print_leds(device);
    if (polled[0].revents != 0 && !commands_read(&commands, obey, &device)) return 0;
  }
  return 1;
}

static struct uinput_traits traits_of(int count, char **arguments) {
  struct uinput_traits traits = {.name = "Test source", .phys = "test/input0", .vendor = 0x1209};
  const struct option options[] = {
      {"name", required_argument, NULL, 'n'},    {"phys", required_argument, NULL, 'f'},
      {"vendor", required_argument, NULL, 'v'},  {"product", required_argument, NULL, 'd'},
      {"keys", no_argument, NULL, 'k'},          {"pointer", no_argument, NULL, 'p'},
      {"abs", no_argument, NULL, 'a'},           {"leds", no_argument, NULL, 'l'},
      {"sw", no_argument, NULL, 's'},            {"repeat", no_argument, NULL, 'r'},
      {"touch", no_argument, NULL, 't'},
      {NULL, 0, NULL, 0},
  };
  for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
    switch (option) {
      case 'n': traits.name = optarg; break;
      case 'f': traits.phys = optarg; break;
      case 'v': traits.vendor = (uint16_t)strtoul(optarg, NULL, 16); break;
      case 'd': traits.product = (uint16_t)strtoul(optarg, NULL, 16); break;
      case 'k': traits.keys = true; break;
      case 'p': traits.pointer = true; break;
      case 'a': traits.abs = true; break;
      case 't': traits.touch = true; break;
      case 'l': traits.leds = true; break;
      case 's': traits.sw = true; break;
      case 'r': traits.repeat = true; break;
      default: fputs(usage, stderr); exit(2);
    }
  }
  return traits;
}

static void obey(char *line, void *device) {
  char key[WORD_ROOM];
  char text[WORD_ROOM + 1];
  unsigned count;
  if (sscanf(line, "type %40s %u", key, &count) != 2) {
    send_line(line, device);
    return;
  }
  for (unsigned i = 0; i < 2 * count; i++) {
    snprintf(text, sizeof text, "%s%c", key, i % 2 == 0 ? '+' : '-');
    send_line(text, device);
    usleep(REPORT_US);
  }
}

static void send_line(char *line, void *device) {
  bool is_raw = strcmp(line, "raw") == 0 || strncmp(line, "raw ", 4) == 0;
  char *rest = is_raw ? line + 3 : line;
  struct input_event events[MOST_EVENTS] = {0};
  int count = events_from_line(&rest, events, MOST_EVENTS - 1);
  if (count < 0) {
    fprintf(stderr, "source: what is '%s'?\n", rest);
    exit(2);
  }
  if (!is_raw) events[count++] = (struct input_event){.type = EV_SYN, .code = SYN_REPORT};
  size_t size = (size_t)count * sizeof *events;
  if (write(*(int *)device, events, size) != (ssize_t)size) {
    fprintf(stderr, "source: not sent: %s\n", strerror(errno));
    exit(1);
  }
}

static void print_leds(int device) {
  struct input_event event;
  while (read(device, &event, sizeof event) == (ssize_t)sizeof event) {
    char word[WORD_ROOM];
    if (event.type != EV_LED) continue;
    word_from_event(&event, word);
    // `led_capsl=1` is told as `led capsl=1`.
    word[strlen("led")] = ' ';
    puts(word);
  }
}
