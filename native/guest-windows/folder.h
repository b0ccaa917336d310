#pragma once

#include <stdbool.h>

#include <windows.h>

#include "failure.h"
#include "text.h"

/* A file below one of the user's folders (a CSIDL); NULL where Windows has no such folder. */
const wchar_t *file_of_user(struct arena *arena, int folder, const wchar_t *name,
                            struct failure *failure);

/* The content and a NUL; NULL with the last error set, ERROR_FILE_NOT_FOUND where there is none. */
char *read_file(struct arena *arena, const wchar_t *path, DWORD *size);

/*
 * Replaces the file by one that only this user and SYSTEM may open, whole or not at all, and makes
 * its folder likewise where there is none. False with the last error set.
 */
bool write_file(struct arena *arena, const wchar_t *path, const void *bytes, DWORD size);
