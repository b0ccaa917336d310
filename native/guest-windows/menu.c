#include "menu.h"

#include "render-words.h"
#include "wide.h"

enum { END = 1, FIRST_SEAT = 2 };

static struct choice choice_of(struct arena *arena, UINT chosen, struct json state,
                               const char *domain);
static void add_seat(struct arena *arena, HMENU menu, UINT id, struct json seat,
                     const char *domain);
static void add(struct arena *arena, HMENU menu, UINT flags, UINT id, const char *label);

struct choice choose(struct arena *arena, HWND window, struct json state, const char *domain,
                     const char *standing) {
  HMENU menu = CreatePopupMenu();
  struct json seats = json_member(state, "seats");
  UINT id = FIRST_SEAT;
  for (struct json seat = json_first(seats); json_is_some(seat); seat = json_after(seats, seat)) {
    add_seat(arena, menu, id++, seat, domain);
  }
  if (id > FIRST_SEAT) AppendMenuW(menu, MF_SEPARATOR, 0, NULL);
  add(arena, menu, MF_GRAYED, 0, standing);
  add(arena, menu, 0, END, "Quit");
  POINT at;
  GetCursorPos(&at);
  // Else the menu would stay when the user clicks elsewhere.
  SetForegroundWindow(window);
  UINT chosen = (UINT)TrackPopupMenu(menu, TPM_RETURNCMD | TPM_NONOTIFY | TPM_RIGHTBUTTON, at.x,
                                     at.y, 0, window, NULL);
  PostMessageW(window, WM_NULL, 0, 0);
  DestroyMenu(menu);
  return choice_of(arena, chosen, state, domain);
}

static struct choice choice_of(struct arena *arena, UINT chosen, struct json state,
                               const char *domain) {
  if (chosen == 0) return (struct choice){.what = CHOSE_NOTHING};
  if (chosen == END) return (struct choice){.what = CHOSE_END};
  struct json seats = json_member(state, "seats");
  struct json seat = json_first(seats);
  while (chosen-- > FIRST_SEAT) seat = json_after(seats, seat);
  return (struct choice){
      .what = CHOSE_MOVE,
      .seat = string_of(arena, seat, "name"),
      .to = equal(string_of(arena, seat, "owner"), "host") ? domain : "host",
  };
}

static void add_seat(struct arena *arena, HMENU menu, UINT id, struct json seat,
                     const char *domain) {
  const char *name = string_of(arena, seat, "name");
  const char *owner = string_of(arena, seat, "owner");
  if (json_is_true(json_member(seat, "moving"))) {
    add(arena, menu, MF_GRAYED, id, joined(arena, name, ": moving", NULL));
  } else if (equal(owner, "host")) {
    add(arena, menu, 0, id, joined(arena, "Give ", name, " to this guest", NULL));
  } else if (equal(owner, domain)) {
    add(arena, menu, 0, id, joined(arena, "Release ", name, " to the host", NULL));
  } else {
    add(arena, menu, MF_GRAYED, id, joined(arena, name, ": with another guest", NULL));
  }
}

/* An ampersand would underline the letter behind it. */
static void add(struct arena *arena, HMENU menu, UINT flags, UINT id, const char *label) {
  struct text text = text_in(arena);
  for (; *label != '\0'; label++) {
    if (*label == '&') text_put(&text, "&");
    text_put_bytes(&text, label, 1);
  }
  AppendMenuW(menu, MF_STRING | flags, id, wide(arena, text.bytes));
}
