/** Seats and domains in the virtual host that libvirt, or Handglass, has reasons to refuse. */
import { expect } from 'vitest';
import { product } from '../lab/guest/input/programs.ts';
import type { Lab, Result } from '../lab/lab.ts';
import { output } from '../lab/shell.ts';

/** They name the same devices, in one way or another. */
export const seats = `
[[seat]]
name = "desk"
domains = ["win10"]
usb = [{ serial = "STICK1" }, { serial = "MOUSE1" }]

[[seat]]
name = "sofa"
domains = ["small", "bare"]
usb = [{ vendor = "0627", product = "0001", serial = "MOUSE1" }, { vendor = "46f4", product = "0001" }]

[[seat]]
name = "twins"
domains = ["win10"]
usb = [{ vendor = "0627", product = "0001" }]

[[seat]]
name = "reader"
domains = ["win10"]
input = [{ serial = "KBD1" }]
usb = [{ vendor = "0627", product = "0001", serial = "KBD1" }]

[[seat]]
name = "shelf"
domains = ["win10"]
usb = [{ vendor = "0409", product = "55aa" }, { serial = "DISK1" }]
`;

/** Both keyboards of the host, and neither chord nor guest to bring them back. */
export const blindSeats = `
[[seat]]
name = "desk"
domains = ["win10"]
usb = [{ serial = "KBD1" }, { serial = "KBD2" }]
`;

/** A keyboard that goes to the guest with a USB device. */
export const keyboardSeat = `
[[seat]]
name = "desk"
domains = ["win10"]
input = [{ serial = "KBD1" }]
usb = [{ serial = "STICK1" }]

[chords]
toggle = "leftctrl+rightctrl"
`;

/** Puts seats in force. */
export async function configure(lab: Lab, config: string): Promise<void> {
  await output(
    lab,
    `cat > /etc/handglass/handglass.toml <<'END'\n${config}\nEND\nhandglass config check && systemctl restart handglass`,
  );
}

/** Starts win10, and defines what is like it but for what sed changes, by name. */
export async function makeDomains(lab: Lab, others: Record<string, string>): Promise<void> {
  const win10 = `sed "/<uuid>/d; /<interface/d; /<shmem/d" ${product}/test/lab/guest/win10.xml`;
  const defined = Object.entries(others).map(
    ([name, change]) => `
    ${win10} | sed "s/win10/${name}/; ${change}" > /tmp/domain-${name}.xml || exit
    virsh define /tmp/domain-${name}.xml || exit`,
  );
  await output(lab, `virsh start win10 || exit${defined.join('')}`);
}

/** Writes what another program has libvirt attach, by what its `<source>` holds; gives the file. */
export async function foreign(lab: Lab, source: string, policy = ''): Promise<string> {
  const xml = `<hostdev mode="subsystem" type="usb"><source ${policy}>${source}</source></hostdev>`;
  await output(lab, `echo '${xml}' > /tmp/foreign.xml`);
  return '/tmp/foreign.xml';
}

export function expectRefused({ status, stderr }: Result, ...said: (string | RegExp)[]): void {
  for (const sentence of said) expect(stderr).toMatch(sentence);
  expect(status).toBe(1);
}
