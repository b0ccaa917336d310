#pragma once

#include <windows.h>

#include "icon.h"

/* The icon beside the clock. Its clicks come to the window as TRAY_CLICKED. */
enum { TRAY_CLICKED = WM_APP + 2 };

struct tray {
  HWND window;
  HICON icon;
  enum icon_look look;
  wchar_t tip[128];
};

/* Adds the icon, also again where the shell has lost it. */
void tray_add(struct tray *tray);

void tray_show(struct tray *tray, enum icon_look look, const char *tip);

/* A balloon. */
void tray_tell(struct tray *tray, const char *title, const char *text);

void tray_remove(struct tray *tray);
