/** What calls the service in the virtual host: a browser with the panel, and a guest that floods it. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { nodeCommand, product } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import { carryPanel } from '../lab/tour/carried-panel.ts';
import { browserTest, groupsAreDrawn, newPage, status, useBrowser } from './panel/browser.ts';

const stick = '/dev/disk/by-id/usb-QEMU_QEMU_USB_HARDDRIVE_STICK1-0:0';
const mouse = '/dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse';

let lab: Lab;

useBrowser();
vi.setConfig({ testTimeout: 900_000 });

beforeAll(async () => {
  lab = await freshLab();
  await output(lab, 'virsh start win10');
});

afterAll(() => lab.end());

browserTest('each button of the panel does what it says', async () => {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const link = await carryPanel(lab, ending.signal);
  const { page, strayed } = await newPage();
  page.setDefaultTimeout(180_000);
  const press = (name: string, options?: { timeout: number }) =>
    page.getByRole('button', { name, exact: true }).click(options);
  await page.goto(link);
  await status(page, 'connected');

  await press('Give to win10');
  await until(lab, `test ! -e ${mouse} && virsh dumpxml win10 | grep -q ua-handglass`);
  await press('Give to host');
  await until(lab, `test -e ${mouse} && ! virsh dumpxml win10 | grep -q ua-handglass`);

  await output(lab, `mkfs.ext4 -q -F ${stick} && mount ${stick} /mnt`);
  await press('Give to win10');
  const alert = page.getByRole('alert');
  await alert.getByText('/mnt').waitFor();
  await press('Dismiss');
  await alert.waitFor({ state: 'detached' });
  await output(lab, 'umount /mnt');

  await press('Show them');
  await groupsAreDrawn(page);
  await press('Hide them');
  await page.locator('.groups img').waitFor({ state: 'detached' });

  await output(lab, 'systemctl kill --kill-whom=main --signal=SIGSTOP handglass');
  await status(page, 'connection lost');
  await output(lab, 'systemctl kill --kill-whom=main --signal=SIGCONT handglass');
  // Unless it has come back by itself.
  await press('Try now', { timeout: 10_000 }).catch(() => {});
  await status(page, 'connected');
  await press('Give to win10');
  await until(lab, `test ! -e ${mouse}`);
  await output(lab, 'handglass give desk host');
  await page.getByRole('button', { name: 'Give to win10', exact: true }).waitFor();
  expect(strayed).toEqual([]);
});

test('a flood of messages keeps neither the chord nor the command line waiting', async () => {
  const { pairing } = JSON.parse(await output(lab, 'handglass guest pair win10 --json')) as {
    pairing: string[];
  };
  const invitation = pairing.find((each) => each.includes('://192.168.122.1:')) ?? '';
  const flood = lab.run([...nodeCommand, `${product}/test/lab/guest/flood.ts`, invitation]);
  await until(lab, "journalctl -u handglass -o cat | grep -q 'sends too much, and is slowed'");
  await output(lab, 'labctl key leftctrl+rightctrl');
  await until(lab, `test ! -e ${mouse}`);
  await output(lab, 'handglass give desk host');
  await until(lab, `test -e ${mouse}`);
  expect(JSON.parse((await flood).stdout)).toEqual({ code: 1008 });
});

test("the service is heard on libvirt's bridge whenever that is there", async () => {
  const listens = "ss --no-header --listening --tcp --numeric | grep -q '192.168.122.1:18503'";
  onTestFinished(async () => void (await output(lab, 'virsh net-start default || true')));
  await output(
    lab,
    `virsh net-destroy default
    sed -i 's/^listen = .*:18503.*/listen = ["virbr0:18503"]/' /etc/handglass/handglass.toml
    systemctl restart handglass`,
  );
  await until(lab, 'handglass status');
  expect((await lab.sh(listens)).status).not.toBe(0);
  await output(lab, 'virsh net-start default');
  await until(lab, listens);
  await output(lab, 'virsh net-destroy default');
  await until(lab, `! ${listens}`);
  await output(lab, 'virsh net-start default');
  await until(lab, listens);
});
