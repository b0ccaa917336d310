#include "uinput.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MS = 10, PATIENCE_MS = 600 * 1000, ABS_MOST = 32767, TOUCHES = 5 };

static bool set_up(int fd, const struct uinput_traits *traits);
static bool add_axis(int fd, uint16_t code, int most);
static bool add_range(int fd, unsigned long request, int first, int last);
static bool find_node(int fd, char node[NODE_ROOM]);
static bool await_udev(const char *node);

int uinput_create(const struct uinput_traits *traits, char node[NODE_ROOM]) {
  int fd = open("/dev/uinput", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -1;
  if (set_up(fd, traits) && find_node(fd, node) && await_udev(node)) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static bool set_up(int fd, const struct uinput_traits *traits) {
  struct uinput_setup setup = {
      .id = {.bustype = BUS_USB, .vendor = traits->vendor, .product = traits->product}};
  snprintf(setup.name, sizeof setup.name, "%s", traits->name);
  bool done = ioctl(fd, UI_SET_PHYS, traits->phys) == 0;
  if (traits->keys) {
    done = done && add_range(fd, UI_SET_EVBIT, EV_MSC, EV_MSC) &&
           add_range(fd, UI_SET_MSCBIT, MSC_SCAN, MSC_SCAN) &&
           add_range(fd, UI_SET_EVBIT, EV_KEY, EV_KEY) &&
           add_range(fd, UI_SET_KEYBIT, KEY_ESC, KEY_MICMUTE);
  }
  if (traits->pointer || traits->abs) {
    done = done && add_range(fd, UI_SET_EVBIT, EV_KEY, EV_KEY) &&
           add_range(fd, UI_SET_KEYBIT, BTN_LEFT, BTN_TASK) &&
           add_range(fd, UI_SET_EVBIT, EV_REL, EV_REL) &&
           add_range(fd, UI_SET_RELBIT, REL_HWHEEL, REL_HWHEEL) &&
           add_range(fd, UI_SET_RELBIT, REL_WHEEL, REL_WHEEL) &&
           add_range(fd, UI_SET_RELBIT, REL_WHEEL_HI_RES, REL_HWHEEL_HI_RES);
  }
  if (traits->pointer) done = done && add_range(fd, UI_SET_RELBIT, REL_X, REL_Y);
  if (traits->abs) {
    done = done && add_range(fd, UI_SET_EVBIT, EV_ABS, EV_ABS) && add_axis(fd, ABS_X, ABS_MOST) &&
           add_axis(fd, ABS_Y, ABS_MOST);
  }
  if (traits->touch) {
    done = done && add_range(fd, UI_SET_EVBIT, EV_ABS, EV_ABS) &&
           add_axis(fd, ABS_MT_SLOT, TOUCHES - 1) && add_axis(fd, ABS_MT_TRACKING_ID, ABS_MOST);
  }
  if (traits->leds) {
    done = done && add_range(fd, UI_SET_EVBIT, EV_LED, EV_LED) &&
           add_range(fd, UI_SET_LEDBIT, LED_NUML, LED_SCROLLL);
  }
  if (traits->sw) {
    done = done && add_range(fd, UI_SET_EVBIT, EV_SW, EV_SW) &&
           add_range(fd, UI_SET_SWBIT, SW_LID, SW_TABLET_MODE);
  }
  if (traits->repeat) done = done && add_range(fd, UI_SET_EVBIT, EV_REP, EV_REP);
  return done && ioctl(fd, UI_DEV_SETUP, &setup) == 0 && ioctl(fd, UI_DEV_CREATE) == 0;
}

static bool add_axis(int fd, uint16_t code, int most) {
  struct uinput_abs_setup axis = {.code = code, .absinfo = {.maximum = most}};
  return ioctl(fd, UI_ABS_SETUP, &axis) == 0;
}

static bool add_range(int fd, unsigned long request, int first, int last) {
  for (int bit = first; bit <= last; bit++) {
    if (ioctl(fd, request, bit) != 0) return false;
  }
  return true;
}

static bool find_node(int fd, char node[NODE_ROOM]) {
  char name[32];
  char folder[NODE_ROOM];
  if (ioctl(fd, UI_GET_SYSNAME(sizeof name), name) < 0) return false;
  snprintf(folder, sizeof folder, "/sys/devices/virtual/input/%s", name);
  DIR *entries = opendir(folder);
  if (entries == NULL) return false;
  errno = ENOENT;
  node[0] = '\0';
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (strncmp(entry->d_name, "event", 5) != 0) continue;
    snprintf(node, NODE_ROOM, "/dev/input/%.32s", entry->d_name);
  }
  closedir(entries);
  return node[0] != '\0';
}

/* The kernel makes the node, and udev writes its record once rights and links are set. */
static bool await_udev(const char *node) {
  for (int waited = 0; waited < PATIENCE_MS; waited += PAUSE_MS) {
    struct stat status;
    char record[NODE_ROOM];
    if (stat(node, &status) == 0) {
      snprintf(record, sizeof record, "/run/udev/data/c%u:%u", major(status.st_rdev),
               minor(status.st_rdev));
      if (access(record, F_OK) == 0) return true;
    }
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
  }
  errno = ETIME;
  return false;
}
