#include "icon.h"

#include <stdbool.h>

enum { SIDE = 32 };

static void paint(DWORD pixels[SIDE * SIDE], enum icon_look look);

HICON make_icon(enum icon_look look) {
  BITMAPINFO format = {.bmiHeader = {.biSize = sizeof format.bmiHeader,
                                     .biWidth = SIDE,
                                     .biHeight = SIDE,
                                     .biPlanes = 1,
                                     .biBitCount = 32}};
  void *pixels;
  static const BYTE opaque[SIDE * SIDE / 8];
  HBITMAP color = CreateDIBSection(NULL, &format, DIB_RGB_COLORS, &pixels, NULL, 0);
  HBITMAP mask = CreateBitmap(SIDE, SIDE, 1, 1, opaque);
  HICON icon = NULL;
  if (color != NULL && mask != NULL) {
    paint(pixels, look);
    ICONINFO parts = {.fIcon = TRUE, .hbmMask = mask, .hbmColor = color};
    icon = CreateIconIndirect(&parts);
  }
  if (color != NULL) DeleteObject(color);
  if (mask != NULL) DeleteObject(mask);
  return icon;
}

/* Distances are of half pixels from the middle, squared. Alpha is the topmost byte. */
static void paint(DWORD pixels[SIDE * SIDE], enum icon_look look) {
  enum { OUTER = 30 * 30, INNER = 22 * 22, CORE = 15 * 15 };
  DWORD color = look == ICON_LOST ? 0xff8a8a8a : 0xff2f9e8f;
  for (int y = 0; y < SIDE; y++) {
    for (int x = 0; x < SIDE; x++) {
      int across = 2 * x + 1 - SIDE;
      int down = 2 * y + 1 - SIDE;
      int distance = across * across + down * down;
      bool is_ring = distance <= OUTER && distance >= INNER;
      bool is_core = distance <= CORE && look == ICON_WITH_GUEST;
      pixels[y * SIDE + x] = is_ring || is_core ? color : 0;
    }
  }
}
