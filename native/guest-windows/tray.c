#include "tray.h"

#include <shellapi.h>

#include "wide.h"

static NOTIFYICONDATAW data_of(const struct tray *tray);
static void copy(wchar_t *room, int size, const char *text);

void tray_add(struct tray *tray) {
  if (tray->icon == NULL) tray->icon = make_icon(tray->look);
  NOTIFYICONDATAW data = data_of(tray);
  Shell_NotifyIconW(NIM_ADD, &data);
}

void tray_show(struct tray *tray, enum icon_look look, const char *tip) {
  copy(tray->tip, ARRAYSIZE(tray->tip), tip);
  HICON before = tray->icon;
  if (look != tray->look) tray->icon = make_icon(look);
  tray->look = look;
  NOTIFYICONDATAW data = data_of(tray);
  Shell_NotifyIconW(NIM_MODIFY, &data);
  if (before != tray->icon) DestroyIcon(before);
}

void tray_tell(struct tray *tray, const char *title, const char *text) {
  NOTIFYICONDATAW data = data_of(tray);
  data.uFlags |= NIF_INFO;
  data.dwInfoFlags = NIIF_WARNING;
  copy(data.szInfoTitle, ARRAYSIZE(data.szInfoTitle), title);
  copy(data.szInfo, ARRAYSIZE(data.szInfo), text);
  Shell_NotifyIconW(NIM_MODIFY, &data);
}

void tray_remove(struct tray *tray) {
  NOTIFYICONDATAW data = data_of(tray);
  Shell_NotifyIconW(NIM_DELETE, &data);
}

static NOTIFYICONDATAW data_of(const struct tray *tray) {
  NOTIFYICONDATAW data = {
      .cbSize = sizeof data,
      .hWnd = tray->window,
      .uFlags = NIF_MESSAGE | NIF_ICON | NIF_TIP,
      .uCallbackMessage = TRAY_CLICKED,
      .hIcon = tray->icon,
  };
  lstrcpynW(data.szTip, tray->tip, ARRAYSIZE(data.szTip));
  return data;
}

/* As much of it as there is room for. */
static void copy(wchar_t *room, int size, const char *text) {
  struct arena arena = {0};
  lstrcpynW(room, wide(&arena, text), size);
  arena_end(&arena);
}
