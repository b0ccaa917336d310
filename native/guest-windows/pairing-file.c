#include "pairing-file.h"

#include <string.h>

#include <windows.h>
#include <shlobj.h>
#include <wincrypt.h>

#include "address.h"
#include "folder.h"
#include "json.h"
#include "render-words.h"
#include "wide.h"

/*
 * The file holds, protected by DPAPI for this user:
 *
 *     {"address":"192.168.122.1","port":18503,"pin":"…","token":"…","domain":"win10"}
 */
static const wchar_t *path_of(struct arena *arena, struct failure *failure);
static bool read_content(struct arena *arena, const char *content, size_t size,
                         struct paired *paired);
static const char *content_of(struct arena *arena, const struct paired *paired);
static bool fail(struct arena *arena, const wchar_t *path, const char *what, const char *remedy,
                 struct failure *failure);

bool pairing_load(struct arena *arena, struct paired *paired, struct failure *failure) {
  const wchar_t *path = path_of(arena, failure);
  DATA_BLOB sealed = {0};
  DATA_BLOB content;
  if (path == NULL) return false;
  sealed.pbData = (BYTE *)read_file(arena, path, &sealed.cbData);
  if (sealed.pbData == NULL && GetLastError() == ERROR_FILE_NOT_FOUND) {
    *failure = (struct failure){STATUS_CONFIG, "This guest is not paired.",
                                "On the host run `handglass guest pair DOMAIN`, and here "
                                "`handglass-guest pair \"STRING\"` with what it prints."};
    return false;
  }
  if (sealed.pbData == NULL) {
    const char *reason = reason_of(arena, GetLastError());
    return fail(arena, path, joined(arena, "cannot be read: ", reason, ".", NULL),
                "It belongs to the user who has paired this guest.", failure);
  }
  bool is_read = false;
  if (CryptUnprotectData(&sealed, NULL, NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN, &content)) {
    is_read = read_content(arena, (const char *)content.pbData, content.cbData, paired);
    SecureZeroMemory(content.pbData, content.cbData);
    LocalFree(content.pbData);
  }
  if (is_read) return true;
  return fail(arena, path, "is damaged, or another user's.", "Pair this guest again.", failure);
}

bool pairing_has_place(struct arena *arena, struct failure *failure) {
  return path_of(arena, failure) != NULL;
}

bool pairing_keep(struct arena *arena, const struct paired *paired, struct failure *failure) {
  const wchar_t *path = path_of(arena, failure);
  if (path == NULL) return false;
  const char *text = content_of(arena, paired);
  DATA_BLOB content = {(DWORD)strlen(text), (BYTE *)text};
  DATA_BLOB sealed;
  bool is_kept = false;
  if (CryptProtectData(&content, L"Handglass", NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN,
                       &sealed)) {
    is_kept = write_file(arena, path, sealed.pbData, sealed.cbData);
    LocalFree(sealed.pbData);
  }
  if (is_kept) return true;
  const char *reason = reason_of(arena, GetLastError());
  return fail(arena, path, joined(arena, "cannot be written: ", reason, ".", NULL),
              "The code is used up: revoke this guest on the host, and pair it again.", failure);
}

static const wchar_t *path_of(struct arena *arena, struct failure *failure) {
  return file_of_user(arena, CSIDL_APPDATA, L"\\Handglass\\guest.dat", failure);
}

static bool read_content(struct arena *arena, const char *content, size_t size,
                         struct paired *paired) {
  struct json value = json_read(content, size);
  struct json pin = json_member(value, "pin");
  paired->endpoint = (struct endpoint){
      .address = string_of(arena, value, "address"),
      .port = (unsigned)json_whole(json_member(value, "port")),
      .pin = json_string(arena, pin),
  };
  paired->token = string_of(arena, value, "token");
  paired->domain = string_of(arena, value, "domain");
  bool is_pinned = paired->endpoint.pin != NULL
                       ? is_pin(paired->endpoint.pin)
                       : json_is_null(pin) && is_loopback(paired->endpoint.address);
  return is_pinned && *paired->endpoint.address != '\0' && paired->endpoint.port != 0 &&
         *paired->token != '\0' && *paired->domain != '\0';
}

static const char *content_of(struct arena *arena, const struct paired *paired) {
  struct text text = text_in(arena);
  text_put(&text, "{\"address\":");
  json_put_string(&text, paired->endpoint.address);
  text_put(&text, ",\"port\":");
  text_put(&text, number_text(arena, paired->endpoint.port));
  text_put(&text, ",\"pin\":");
  if (paired->endpoint.pin == NULL) {
    text_put(&text, "null");
  } else {
    json_put_string(&text, paired->endpoint.pin);
  }
  text_put(&text, ",\"token\":");
  json_put_string(&text, paired->token);
  text_put(&text, ",\"domain\":");
  json_put_string(&text, paired->domain);
  text_put(&text, "}");
  return text.bytes;
}

static bool fail(struct arena *arena, const wchar_t *path, const char *what, const char *remedy,
                 struct failure *failure) {
  const char *sentence = joined(arena, narrow(arena, path), " ", what, NULL);
  *failure = (struct failure){STATUS_CONFIG, sentence, remedy};
  return false;
}
