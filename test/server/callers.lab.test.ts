/** Those who call the service in the virtual host: a browser with the panel, and a guest that libvirt runs. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { product } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import { carryPanel } from '../lab/tour/carried-panel.ts';
import { browserTest, groupsAreDrawn, newPage, status, useBrowser } from './panel/browser.ts';

const inner = `${product}/test/lab/guest/inner`;
const mouse = '/dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse';

let lab: Lab;

useBrowser();
vi.setConfig({ testTimeout: 900_000 });

beforeAll(async () => {
  lab = await freshLab();
  await output(lab, 'virsh start win10');
});

afterAll(() => lab.end());

browserTest('the panel moves a USB mouse to the guest and back, and draws the groups', async () => {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const link = await carryPanel(lab, ending.signal);
  const { page, strayed } = await newPage();
  page.setDefaultTimeout(180_000);
  await page.goto(link);
  await status(page, 'connected');

  await page.getByRole('button', { name: 'Give to win10' }).click();
  await until(lab, `test ! -e ${mouse} && virsh dumpxml win10 | grep -q ua-handglass`);
  await page.getByRole('button', { name: 'Give to host' }).click();
  await until(lab, `test -e ${mouse} && ! virsh dumpxml win10 | grep -q ua-handglass`);

  await page.getByRole('button', { name: 'Show them' }).click();
  await groupsAreDrawn(page);
  expect(strayed).toEqual([]);
});

test("a guest that runs inside pairs over libvirt's network, and brings its seat home", async () => {
  // An emulated machine takes its time for a handshake.
  const limits = 's/^\\[server.limits\\]$/&\\nauthenticate-within = 60/';
  await output(
    lab,
    `sed -i '${limits}' /etc/handglass/handglass.toml; systemctl restart handglass`,
  );
  await output(lab, `virsh destroy win10; ${inner}/define; virsh start win10`);
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
});
