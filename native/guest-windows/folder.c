#include "folder.h"

#include <wchar.h>

#include <sddl.h>
#include <shlobj.h>

#include "wide.h"

static bool is_made(const wchar_t *path, SECURITY_ATTRIBUTES *security);
static bool is_written(const wchar_t *path, SECURITY_ATTRIBUTES *security, const void *bytes,
                       DWORD size);
static PSECURITY_DESCRIPTOR for_user_and_system(struct arena *arena);
static wchar_t *with(struct arena *arena, const wchar_t *one, const wchar_t *other);

const wchar_t *file_of_user(struct arena *arena, int folder, const wchar_t *name,
                            struct failure *failure) {
  wchar_t path[MAX_PATH];
  if (SHGetFolderPathW(NULL, folder, NULL, SHGFP_TYPE_CURRENT, path) == S_OK) {
    return with(arena, path, name);
  }
  *failure = (struct failure){
      STATUS_FAILED, "Windows has no folder here for what this user's programs keep.",
      "See that the folders are there that %APPDATA% and %LOCALAPPDATA% name."};
  return NULL;
}

char *read_file(struct arena *arena, const wchar_t *path, DWORD *size) {
  enum { MOST_BYTES = 64 * 1024 };
  HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                            OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) {
    if (GetLastError() == ERROR_PATH_NOT_FOUND) SetLastError(ERROR_FILE_NOT_FOUND);
    return NULL;
  }
  char *bytes = arena_take(arena, MOST_BYTES + 1);
  bool is_read = ReadFile(file, bytes, MOST_BYTES, size, NULL);
  DWORD error = GetLastError();
  CloseHandle(file);
  SetLastError(error);
  return is_read ? bytes : NULL;
}

bool write_file(struct arena *arena, const wchar_t *path, const void *bytes, DWORD size) {
  SECURITY_ATTRIBUTES security = {sizeof security, for_user_and_system(arena), FALSE};
  if (security.lpSecurityDescriptor == NULL) return false;
  const wchar_t *fresh = with(arena, path, L".new");
  wchar_t *folder = with(arena, path, L"");
  *wcsrchr(folder, L'\\') = L'\0';
  bool is_done = is_made(folder, &security) && is_written(fresh, &security, bytes, size) &&
                 MoveFileExW(fresh, path, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
  DWORD error = GetLastError();
  LocalFree(security.lpSecurityDescriptor);
  SetLastError(error);
  return is_done;
}

static bool is_made(const wchar_t *path, SECURITY_ATTRIBUTES *security) {
  return CreateDirectoryW(path, security) || GetLastError() == ERROR_ALREADY_EXISTS;
}

/* Deleted first: a file that is there would keep the rights that it has. */
static bool is_written(const wchar_t *path, SECURITY_ATTRIBUTES *security, const void *bytes,
                       DWORD size) {
  DeleteFileW(path);
  HANDLE file =
      CreateFileW(path, GENERIC_WRITE, 0, security, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
  if (file == INVALID_HANDLE_VALUE) return false;
  DWORD written;
  bool is_whole = WriteFile(file, bytes, size, &written, NULL) && FlushFileBuffers(file);
  DWORD error = GetLastError();
  CloseHandle(file);
  SetLastError(error);
  return is_whole;
}

/* All rights to the two, inherited from no folder. The user's own name, elevated or not. */
static PSECURITY_DESCRIPTOR for_user_and_system(struct arena *arena) {
  HANDLE token;
  DWORD size = 0;
  wchar_t *user;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return NULL;
  GetTokenInformation(token, TokenUser, NULL, 0, &size);
  TOKEN_USER *owner = arena_take(arena, size);
  if (GetTokenInformation(token, TokenUser, owner, size, &size) &&
      ConvertSidToStringSidW(owner->User.Sid, &user)) {
    wchar_t *rights = with(arena, L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;", with(arena, user, L")"));
    ConvertStringSecurityDescriptorToSecurityDescriptorW(rights, SDDL_REVISION_1, &descriptor,
                                                         NULL);
    LocalFree(user);
  }
  CloseHandle(token);
  return descriptor;
}

static wchar_t *with(struct arena *arena, const wchar_t *one, const wchar_t *other) {
  wchar_t *both = arena_take(arena, (wcslen(one) + wcslen(other) + 1) * sizeof *both);
  wcscpy(both, one);
  wcscat(both, other);
  return both;
}
