/** What libvirt's /etc/libvirt/qemu.conf sets; what stands behind a # is libvirt's own default. */
import { printable } from '../printable.ts';

export interface QemuConf {
  /** Who QEMU runs as; null where libvirt decides. */
  user: string | null;
  group: string | null;
  /** Devices that domains may open besides their own; null where libvirt decides. */
  deviceAcl: string[] | null;
  /** Null where libvirt takes what it finds. */
  securityDriver: string | null;
  /** Whether `nvram` lists firmware, as was done before libvirt 5.2. */
  listsFirmware: boolean;
}

export function qemuConfFrom(text: string): QemuConf {
  const settings = text.replaceAll(/^[ \t]*#.*$/gm, '');
  const value = (key: string) =>
    new RegExp(
      `^[ \\t]*${key}[ \\t]*=[ \\t]*(\\[[^\\]]*\\]|"[^"\\n]*"|'[^'\\n]*'|[^\\s#]+)`,
      'm',
    ).exec(settings)?.[1] ?? null;
  const texts = (key: string) => {
    const found = value(key);
    if (found === null) return null;
    return [...found.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, a, b]) => printable(a ?? b ?? ''));
  };
  const single = (key: string) => texts(key)?.[0] ?? value(key);
  return {
    // A plus sign before a number says that it is no name.
    user: single('user')?.replace(/^\+/, '') ?? null,
    group: single('group')?.replace(/^\+/, '') ?? null,
    deviceAcl: texts('cgroup_device_acl'),
    securityDriver: single('security_driver'),
    // What NixOS has written there itself names all that it has.
    listsFirmware:
      texts('nvram')?.every((each) => each.startsWith('/run/libvirt/nix-ovmf/')) === false,
  };
}
