#pragma once

#include <stdbool.h>

#include "settings.h"

/*
 * Ejects each PCI device that the settings name, as `Safely Remove Hardware` does: a graphics card
 * that does not reset starts again only after that.
 */
void eject_devices(const struct settings *settings);
