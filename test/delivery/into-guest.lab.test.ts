/** How a pairing string comes into a guest that a real libvirt runs, and what becomes of it there. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingOf, reasonText } from '../guest-windows/wine.ts';
import { type Service, serviceIn } from '../input/desk.ts';
import { pairGuest } from '../lab/guest/guest-command.ts';
import { product } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';

let lab: Lab;
let service: Service;
const sh = (script: string) => output(lab, script);

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
});

afterAll(() => lab.end());

const uncompiled = missingOf('x86_64-w64-mingw32-gcc');

test.skipIf(uncompiled.length > 0)(
  `a disc with the client for Windows and the string goes into the domain's drive${reasonText(uncompiled)}`,
  async () => {
    const disc = '/var/lib/libvirt/images/handglass-win10.iso';
    const pair = 'handglass guest pair win10 --via iso';
    await sh(`virsh pool-define-as default dir --target ${disc.replace(/\/[^/]+$/, '')}
      virsh pool-start default; virsh start win10`);
    const { status, stderr } = await lab.sh(pair);
    expect([status, stderr]).toEqual([1, expect.stringContaining('win10 has no CD drive.')]);
    const [, remedy = ''] = /run: (virsh attach-disk .*)/.exec(stderr) ?? [];
    await sh(`virsh destroy win10; ${remedy}; virsh start win10`);

    for (let time = 0; time < 2; time += 1) {
      const { pairing, delivered } = JSON.parse(await sh(`${pair} --json`)) as {
        pairing: string[];
        delivered: { drive: string };
      };
      expect(await sh('virsh domblklist win10')).toMatch(
        new RegExp(`^ ${delivered.drive} +${disc}$`, 'm'),
      );
      expect(await sh(`stat -c '%U %a' ${disc}`)).toBe('libvirt-qemu 600');
      expect(
        await sh(`mount -o loop,ro ${disc} /mnt && cd /mnt && ls
          cmp handglass-guest.exe ${product}/native/build/handglass-guest.exe && cat pairing.txt
          cd / && umount /mnt`),
      ).toBe(`handglass-guest.exe\npairing.txt\nsetup.cmd\n${pairing[0]}`);
    }
    expect(await sh('virsh vol-list default')).toMatch(/handglass-win10\.iso/);
    await sh('virsh destroy win10');
  },
);

/** What a command of the guest agent's protocol returns. */
async function askAgent(execute: string, args: object): Promise<unknown> {
  const asked = JSON.stringify({ execute, arguments: args });
  const answer = await sh(`virsh qemu-agent-command win10 '${asked}'`);
  return (JSON.parse(answer) as { return: unknown }).return;
}

/** What a command prints that root runs in the guest; without single quotes. */
async function inside(script: string): Promise<string> {
  const program = { path: '/bin/sh', arg: ['-c', `${script} 2>&1`], 'capture-output': true };
  const started = (await askAgent('guest-exec', program)) as { pid: number };
  for (;;) {
    const status = (await askAgent('guest-exec-status', started)) as {
      exited: boolean;
      'out-data'?: string;
    };
    if (status.exited) return Buffer.from(status['out-data'] ?? '', 'base64').toString();
    // It needs all of the processor.
    await setTimeout(2_000);
  }
}

test("a guest that runs inside is paired by its agent over libvirt's network, and brings its seat home", async () => {
  // An emulated machine takes its time for a handshake.
  const limits = 's/^\\[server.limits\\]$/&\\nauthenticate-within = 60/';
  const ownAddress = 's/^\\[server\\]$/&\\ncheck-address = true/';
  await sh(
    `sed -i -e '${limits}' -e '${ownAddress}' /etc/handglass/handglass.toml; systemctl restart handglass`,
  );
  await sh(`${product}/test/lab/guest/inner/define; virsh start win10`);
  // Another machine of its network is not that domain.
  await until(lab, 'grep -a -q "guest: ready" /tmp/inner.log');
  expect(await sh(`! ${pairGuest} 2>&1`)).toContain("address is not one of its domain's");

  await until(lab, `virsh qemu-agent-command win10 '{"execute":"guest-ping"}'`);
  // Where it was read once it begins in a part of the time.
  expect(await inside('handglass --version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  await service.give('win10');
  expect(JSON.parse(await sh('handglass guest pair win10 --via agent --json'))).toMatchObject({
    domain: 'win10',
    delivered: { paired: 'alice' },
  });
  const release = 'runuser --login alice --command "handglass guest release desk"';
  expect(await inside(release)).toBe('seat desk: with host\n');
  expect(await sh('journalctl -u handglass -o cat')).toMatch(/^desk: with host \(guest [0-9a-f]+/m);
});
