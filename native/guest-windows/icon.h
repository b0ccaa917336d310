#pragma once

#include <windows.h>

/* A ring: filled while this guest has a seat, grey while the host is not reached. */
enum icon_look { ICON_LOST, ICON_WITH_HOST, ICON_WITH_GUEST };

/* The caller's, to be given to DestroyIcon; NULL where it cannot be made. */
HICON make_icon(enum icon_look look);
