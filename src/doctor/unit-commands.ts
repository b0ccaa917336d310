import type { Virtualization } from '../system/virtualization.ts';
import type { Todo } from './check.ts';
import { declaring, isDeclared } from './declaring.ts';
import type { Facts } from './facts.ts';

type Software = Pick<Facts, 'boot'> & { virtualization: Pick<Virtualization, 'maskedUnits'> };

/** How units of systemd come to start with the machine. */
export function enabling(
  units: readonly string[],
  software: Software,
  now: '--now' | '' = '',
): Todo {
  return isDeclared(software.boot)
    ? declaringUnits(units, now)
    : { remedy: enableCommand(units, software.virtualization, now) };
}

/** The command that enables units of systemd, with what of them is masked made usable before. */
export function enableCommand(
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

/** systemctl starts units there too; what starts with the machine is declared. */
function declaringUnits(units: readonly string[], now: '--now' | ''): Todo {
  const isOwn = units.every((unit) => unit.startsWith('handglass'));
  if (now !== '') {
    const start = { remedy: `sudo systemctl start ${units.join(' ')}` };
    return isOwn
      ? start
      : { ...start, ...declaring(`Where there is no such unit: set ${libvirtSetting}`) };
  }
  const settings = units.map(
    (unit) => `\`systemd.services.${unit}.wantedBy = [ "multi-user.target" ];\``,
  );
  return declaring(`Set ${isOwn ? settings.join(' and ') : libvirtSetting}`);
}

const libvirtSetting = '`virtualisation.libvirtd.enable = true;`';

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
