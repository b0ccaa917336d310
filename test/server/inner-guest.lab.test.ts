/** A call from inside a guest that libvirt runs, over libvirt's own network. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { product } from '../lab/guest/input/programs.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { output, until } from '../lab/shell.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab({ boot: 'systemd' });
});

afterAll(() => lab.end());

test('a guest pairs and brings the seat that it has back to the host', async () => {
  await until(lab, 'handglass guest pair win10 --json | grep -q 192.168.122.1');
  const paired = JSON.parse(await output(lab, 'handglass guest pair win10 --json')) as {
    pairing: string[];
  };
  const pairing = paired.pairing.find((each) => each.includes('://192.168.122.1:')) ?? '';
  await output(lab, `${product}/test/lab/guest/inner/define '${pairing}'`);
  await output(lab, 'virsh start win10 && handglass give desk win10');

  await lab.sh('while virsh domstate win10 | grep -q running; do sleep 1; done');

  const answer = await output(lab, `grep -a -o 'guest: .*' /tmp/inner.log`);
  expect(answer).toContain('"result":{"name":"desk","owner":"host"');
  expect(await output(lab, 'journalctl -u handglass -o cat')).toMatch(
    /^desk: with host \(guest [0-9a-f]+\)/m,
  );
  expect(JSON.parse(await output(lab, 'handglass guest list --json'))).toMatchObject([
    { domain: 'win10', connected: false },
  ]);
}, 900_000);
