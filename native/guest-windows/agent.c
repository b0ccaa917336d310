#include "agent.h"

#include <windows.h>

#include "agent-window.h"
#include "eject.h"
#include "link.h"
#include "menu.h"
#include "output.h"
#include "render-words.h"
#include "settings-file.h"
#include "tray.h"
#include "wide.h"

/* The window's thread alone touches it, but for what the link says of itself. */
struct agent {
  const struct settings *settings;
  struct tray tray;
  struct link link;
  /* The last news of the connection, either a state or why there is none; NULL before the first. */
  struct news *news;
  UINT shell_restarted;
};

static struct agent agent;

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM word, LPARAM pointer);
static void begin(HWND window);
static void take_hotkeys(HWND window);
static void toggle(size_t hotkey);
static void open_menu(HWND window);
static void ask(const char *method, const char *const parameters[2][2]);
static void take_news(struct news *news);
static void show_standing(void);
static bool has_seat(void);
static const char *standing(void);
static void tell_failure(const char *title, struct failure failure);
static void leave_own_console(void);

int run_agent(struct arena *arena, struct settings *settings) {
  struct failure failure;
  if (!settings_load(arena, settings, &failure)) return complain(failure);
  if (settings->hotkey_count == 0) settings_add(arena, "hotkey", default_hotkey, settings);
  CreateMutexW(NULL, FALSE, L"Local\\HandglassGuestAgent");
  if (GetLastError() == ERROR_ALREADY_EXISTS) {
    return complain((struct failure){STATUS_FAILED, "The agent runs already.",
                                     "Its icon is beside the clock."});
  }
  leave_own_console();
  agent.settings = settings;
  agent.shell_restarted = RegisterWindowMessageW(L"TaskbarCreated");
  WNDCLASSEXW class = {.cbSize = sizeof class,
                       .lpfnWndProc = on_message,
                       .hInstance = GetModuleHandleW(NULL),
                       .lpszClassName = agent_window_class};
  RegisterClassExW(&class);
  // A window of its own right, though never shown: only such ones hear of the session's end.
  HWND window = CreateWindowExW(0, agent_window_class, L"Handglass", WS_OVERLAPPED, 0, 0, 0, 0,
                                NULL, NULL, class.hInstance, NULL);
  if (window == NULL) {
    return complain((struct failure){STATUS_FAILED, "There is no desktop to show the agent on.",
                                     "Start it where a user is logged on."});
  }
  if (!link_start(&agent.link, window)) {
    const char *reason = reason_of(arena, GetLastError());
    DestroyWindow(window);
    return complain((struct failure){
        STATUS_FAILED, joined(arena, "The agent cannot connect to the host: ", reason, ".", NULL),
        "End other programs or restart Windows, then start it again."});
  }
  MSG message;
  while (GetMessageW(&message, NULL, 0, 0) > 0) DispatchMessageW(&message);
  return STATUS_DONE;
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM word, LPARAM pointer) {
  if (message == agent.shell_restarted && message != 0) {
    tray_add(&agent.tray);
    return 0;
  }
  switch (message) {
    case WM_CREATE:
      begin(window);
      return 0;
    case WM_HOTKEY:
      toggle((size_t)word);
      return 0;
    case LINK_NEWS:
      take_news((struct news *)pointer);
      return 0;
    case TRAY_CLICKED:
      if (LOWORD(pointer) == WM_LBUTTONUP || LOWORD(pointer) == WM_RBUTTONUP) open_menu(window);
      return 0;
    case AGENT_RECONNECT:
      link_reconnect(&agent.link);
      return 0;
    case WM_POWERBROADCAST:
      if (word == PBT_APMRESUMEAUTOMATIC) link_hurry(&agent.link);
      return TRUE;
    case WM_ENDSESSION:
      // Not before it is certain: whoever cancels the shutdown would sit before a dark screen.
      if (word && !(pointer & ENDSESSION_LOGOFF)) eject_devices(agent.settings);
      return 0;
    case WM_DESTROY:
      tray_remove(&agent.tray);
      PostQuitMessage(0);
      return 0;
    default:
      return DefWindowProcW(window, message, word, pointer);
  }
}

static void begin(HWND window) {
  agent.tray.window = window;
  tray_add(&agent.tray);
  show_standing();
  take_hotkeys(window);
}

static void take_hotkeys(HWND window) {
  for (size_t i = 0; i < agent.settings->hotkey_count; i++) {
    const struct hotkey *keys = &agent.settings->hotkeys[i].keys;
    if (RegisterHotKey(window, (int)i, keys->modifiers | MOD_NOREPEAT, keys->key)) continue;
    struct arena arena = {0};
    const char *written = agent.settings->hotkeys[i].written;
    const char *what = joined(&arena, "Another program has ", written, ".", NULL);
    tell_failure("A hotkey does not work", (struct failure){
        STATUS_FAILED, what, "Choose other keys: handglass-guest install --hotkey KEYS"});
    arena_end(&arena);
  }
}

static void toggle(size_t hotkey) {
  const char *seat = agent.settings->hotkeys[hotkey].seat;
  const char *const parameters[2][2] = {{*seat == '\0' ? NULL : "seat", seat}};
  ask("seat.toggle", parameters);
}

static void open_menu(HWND window) {
  struct arena arena = {0};
  // The menu runs a loop of its own, in which news come.
  struct json state = {0};
  const char *domain = "";
  if (agent.news != NULL && agent.news->kind == NEWS_STATE) {
    size_t size = (size_t)(agent.news->state.end - agent.news->state.at);
    state = json_read(arena_copy(&arena, agent.news->state.at, size), size);
    domain = joined(&arena, agent.news->domain, NULL);
  } else {
    link_hurry(&agent.link);
  }
  struct choice choice = choose(&arena, window, state, domain, standing());
  const char *const parameters[2][2] = {{"seat", choice.seat}, {"to", choice.to}};
  if (choice.what == CHOSE_MOVE) ask("seat.give", parameters);
  if (choice.what == CHOSE_END) DestroyWindow(window);
  arena_end(&arena);
}

static void ask(const char *method, const char *const parameters[2][2]) {
  if (link_ask(&agent.link, method, parameters)) return;
  link_hurry(&agent.link);
  tell_failure("The seat was not moved", (struct failure){STATUS_UNREACHED, standing(), ""});
}

static void take_news(struct news *news) {
  if (news->kind == NEWS_REFUSED) {
    tell_failure("The seat was not moved", news->failure);
    return news_end(news);
  }
  bool is_other = agent.news == NULL || agent.news->kind != news->kind ||
                  agent.news->failure.status != news->failure.status;
  bool is_unreached = news->failure.status == STATUS_UNREACHED;
  // A host that is away comes back by itself; what only the user can mend is told once.
  if (news->kind == NEWS_LOST && is_other && !is_unreached) {
    tell_failure("Not connected to the host", news->failure);
  }
  if (agent.news != NULL) news_end(agent.news);
  agent.news = news;
  show_standing();
}

static void show_standing(void) {
  struct arena arena = {0};
  bool is_lost = agent.news == NULL || agent.news->kind == NEWS_LOST;
  enum icon_look look = is_lost ? ICON_LOST : has_seat() ? ICON_WITH_GUEST : ICON_WITH_HOST;
  tray_show(&agent.tray, look, joined(&arena, "Handglass: ", standing(), NULL));
  arena_end(&arena);
}

static bool has_seat(void) {
  struct arena arena = {0};
  bool has_one = false;
  struct json seats = json_member(agent.news->state, "seats");
  for (struct json seat = json_first(seats); json_is_some(seat); seat = json_after(seats, seat)) {
    has_one |= equal(string_of(&arena, seat, "owner"), agent.news->domain);
  }
  arena_end(&arena);
  return has_one;
}

/* How the connection is; valid until the next news. */
static const char *standing(void) {
  if (agent.news == NULL) return "not connected yet";
  return agent.news->kind == NEWS_STATE ? "connected to the host" : agent.news->failure.what;
}

static void tell_failure(const char *title, struct failure failure) {
  struct arena arena = {0};
  tray_tell(&agent.tray, title, joined(&arena, failure.what, "\n", failure.remedy, NULL));
  arena_end(&arena);
}

/* One that Windows has opened for this program alone would stand there empty. */
static void leave_own_console(void) {
  DWORD processes[2];
  if (GetConsoleProcessList(processes, ARRAYSIZE(processes)) == 1) FreeConsole();
}
