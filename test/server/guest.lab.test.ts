/** A guest that libvirt runs, and that calls the service from inside. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { product } from '../lab/guest/input/programs.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { output, until } from '../lab/shell.ts';

const inner = `${product}/test/lab/guest/inner`;

let lab: Lab;

beforeAll(async () => {
  // One is for the guest that is emulated in there, which takes all of it.
  lab = await bootLab({ boot: 'systemd', processors: 2 });
});

afterAll(() => lab.end());

test("a guest that runs inside pairs over libvirt's network, and brings its seat home", async () => {
  // It is emulated by an emulated machine, and takes its time for a handshake.
  const limits = 's/^\\[server.limits\\]$/&\\nauthenticate-within = 600/';
  await output(
    lab,
    `sed -i '${limits}' /etc/handglass/handglass.toml; systemctl restart handglass`,
  );
  await output(lab, `${inner}/define; virsh start win10`);
  const said = () => output(lab, "grep -a -o 'guest: .*' /tmp/inner.log || true");
  // It needs all of the processor, of which who asks again and again would take a part.
  const untilSaid = (word: string) =>
    lab.run(['bash', '-c', `grep -a -q 'guest: .*${word}' <(tail -n +1 -F /tmp/inner.log)`]);
  await untilSaid('ready');

  await output(lab, 'handglass give desk win10');
  const { pairing } = JSON.parse(await output(lab, 'handglass guest pair win10 --json')) as {
    pairing: string[];
  };
  const invitation = pairing.find((each) => each.includes('://192.168.122.1:'));
  await output(lab, `echo '${invitation}' >/run/inner/new && mv /run/inner/new /run/inner/pairing`);
  await untilSaid('answered');
  // It turns itself off when it has said all of it.
  await until(lab, '! virsh domstate win10 | grep -q running');

  expect(await said()).toContain('"result":{"name":"desk","owner":"host"');
  expect(await output(lab, 'journalctl -u handglass -o cat')).toMatch(
    /^desk: with host \(guest [0-9a-f]+/m,
  );
  // It has said no farewell: the service finds out by asking.
  const listed = await until(lab, `handglass guest list --json | grep '"connected":false'`);
  expect(JSON.parse(listed)).toMatchObject([{ domain: 'win10' }]);
}, 2_400_000);
