#include "eject.h"

#include <windows.h>

#include <cfgmgr32.h>
#include <setupapi.h>

#include "wide.h"

static bool is_to_be_ejected(const struct settings *settings, const wchar_t *instance);

void eject_devices(const struct settings *settings) {
  if (settings->ejected_count == 0) return;
  HDEVINFO devices = SetupDiGetClassDevsW(NULL, L"PCI", NULL, DIGCF_PRESENT | DIGCF_ALLCLASSES);
  if (devices == INVALID_HANDLE_VALUE) return;
  SP_DEVINFO_DATA device = {.cbSize = sizeof device};
  for (DWORD i = 0; SetupDiEnumDeviceInfo(devices, i, &device); i++) {
    wchar_t instance[MAX_DEVICE_ID_LEN];
    if (!SetupDiGetDeviceInstanceIdW(devices, &device, instance, ARRAYSIZE(instance), NULL) ||
        !is_to_be_ejected(settings, instance)) {
      continue;
    }
    // With room for the veto's reason Windows shows none: nobody could read it by now.
    PNP_VETO_TYPE veto;
    wchar_t reason[MAX_PATH];
    CM_Request_Device_EjectW(device.DevInst, &veto, reason, ARRAYSIZE(reason), 0);
  }
  SetupDiDestroyDeviceInfoList(devices);
}

static bool is_to_be_ejected(const struct settings *settings, const wchar_t *instance) {
  struct arena arena = {0};
  const char *path = narrow(&arena, instance);
  bool is_named = false;
  for (size_t i = 0; i < settings->ejected_count; i++) {
    is_named |= names_device(settings->ejected[i], path);
  }
  arena_end(&arena);
  return is_named;
}
