/** Whether a device comes back from its guest, or to the next one. */
import type { PciDevice } from '../system/pci.ts';
import { type Check, type Finding, ok, unknown, warning } from './check.ts';
import { isDeclared } from './declaring.ts';
import { eachDevice, type Given } from './each-device.ts';
import type { Facts } from './facts.ts';
import { loading } from './module-commands.ts';
import { chooseDeviceSpecific, isOfHardFamily, resetObstacles } from './reset-obstacles.ts';

export const domainResetChecks: Check[] = [
  { id: 'domain.reset', title: 'Resets of devices of domains', look: eachDevice(reset) },
];

function reset({ device, xml, facts }: Given): Finding {
  const given = xml.pci.map(({ address }) => address);
  const [obstacle] = resetObstacles(device, facts.pci, given);
  const vendorReset = facts.kernel.modules['vendor_reset'] ?? null;
  if (obstacle !== undefined && isOfHardFamily(device)) {
    if (vendorReset === 'loaded' || vendorReset === 'built-in') {
      const unseen = device.unread['folder'] ?? device.unread['resetMethods'];
      if (unseen !== undefined) return unknown(unseen);
      const [major, minor] = facts.kernel.version ?? [6, 0];
      const isAskedAnyway = major < 5 || (major === 5 && minor < 15);
      return isAskedAnyway || device.resetMethods === null
        ? ok('vendor-reset resets it.')
        : notAsked(device, facts);
    }
    if (vendorReset === 'loadable') {
      return warning(
        `${obstacle.explanation} The module vendor-reset is there and not loaded.`,
        loading(facts.boot, 'vendor-reset'),
      );
    }
  }
  if (obstacle !== undefined) return warning(obstacle.explanation, { advice: obstacle.remedy });
  // Some kinds do not come back from the reset that they have.
  const unseen = device.unread['vendor'] ?? device.unread['device'] ?? device.unread['class'];
  if (unseen !== undefined) return unknown(unseen);
  if (device.canReset === null) {
    return unknown(device.unread['resetMethods'] ?? 'the kernel does not say how it is reset');
  }
  // By what is on its bus.
  const unseenBus = facts.pci.unread['devices'] ?? device.unread['bridges'];
  if (!device.canReset && unseenBus !== undefined) return unknown(unseenBus);
  const { resetMethods } = device;
  return ok(
    resetMethods === null || resetMethods.length === 0
      ? 'It can be reset.'
      : `It can be reset by ${resetMethods.join(', ')}.`,
  );
}

/** Since Linux 5.15 the kernel settles how a device is reset when it finds it, before the module comes. */
function notAsked({ address, resetMethods }: PciDevice, { boot }: Facts): Finding {
  if (resetMethods?.length === 0) {
    return warning(
      'vendor-reset is loaded, and the kernel lets nobody choose it for the card, which had no reset when it was found.',
      {
        advice:
          'Let the guest eject it before it shuts down (`handglass-guest install --eject` in Windows), or start the machine anew between two uses.',
      },
    );
  }
  return warning(
    'vendor-reset is loaded, and the kernel resets the card in its own way, from which it does not come back.',
    {
      remedy: chooseDeviceSpecific(address),
      advice: `That lasts until the next start: ${isDeclared(boot) ? '`services.udev.extraRules` or a hook in `virtualisation.libvirtd.hooks.qemu`' : 'a rule for udev or a hook of libvirt'} repeats it.`,
    },
  );
}
