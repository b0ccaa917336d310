import type { Virtualization } from '../system/virtualization.ts';

/** The command that enables units of systemd, with what of them is masked made usable before. */
export function enabling(
  units: readonly string[],
  { maskedUnits }: Pick<Virtualization, 'maskedUnits'>,
  now: '--now' | '' = '',
): string {
  // A service of the same name is what a socket starts, and `libvirtd-ro.socket` goes with the other.
  const names = units.map(withoutKind);
  const masked = (maskedUnits ?? []).filter((unit) =>
    names.some((name) => `${withoutKind(unit)}-`.startsWith(`${name}-`)),
  );
  return [
    ...(masked.length === 0 ? [] : [`sudo systemctl unmask ${masked.join(' ')}`]),
    ['sudo systemctl enable', now, ...units].filter(Boolean).join(' '),
  ].join(' && ');
}

function withoutKind(unit: string): string {
  return unit.replace(/\.(service|socket)$/, '');
}

/** Of libvirt's daemons the one that runs QEMU. */
export function daemonOf(software: Virtualization): string {
  return hasModular(software) ? 'virtqemud' : 'libvirtd';
}

function hasModular({ enabledUnits, sockets }: Virtualization): boolean {
  return [...(enabledUnits ?? []), ...(sockets ?? [])].some((name) => name.includes('virtqemud'));
}
