/** How the service in the virtual host is called: by a browser with the panel, and on libvirt's bridge. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { mouse, type Service, serviceIn } from '../input/desk.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import { carryPanel } from '../lab/tour/carried-panel.ts';
import { browserTest, groupsAreDrawn, newPage, status, useBrowser } from './panel/browser.ts';

let lab: Lab;
let service: Service;

useBrowser();
vi.setConfig({ testTimeout: 900_000, hookTimeout: 1_140_000 });

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  await output(lab, 'virsh start win10');
});

afterAll(() => lab.end());

browserTest('the buttons of the panel do what they say', async () => {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const link = await carryPanel(lab, ending.signal);
  const { page, strayed } = await newPage();
  page.setDefaultTimeout(180_000);
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  await page.goto(link);
  await status(page, 'connected');

  await press('Give to win10');
  await until(lab, `test ! -e ${mouse} && virsh dumpxml win10 | grep -q ua-handglass`);
  await press('Give to host');
  await until(lab, `test -e ${mouse} && ! virsh dumpxml win10 | grep -q ua-handglass`);

  // A second one of its kind: which of them is to go?
  await lab.control('plug disk');
  await until(lab, 'grep -qx DISK1 /sys/bus/usb/devices/*/serial');
  await press('Give to win10');
  const alert = page.getByRole('alert');
  await alert.getByText('2 USB devices match 46f4:0001').waitFor();
  await press('Dismiss');
  await alert.waitFor({ state: 'detached' });
  await lab.control('unplug disk');

  await press('Show them');
  await groupsAreDrawn(page);
  await press('Hide them');
  await page.locator('.groups img').waitFor({ state: 'detached' });

  await output(lab, 'systemctl kill --kill-whom=main --signal=SIGSTOP handglass');
  await status(page, 'connection lost');
  // The attempt that hangs already gives way to another, which is answered as soon as somebody can.
  await press('Try now');
  await output(lab, 'systemctl kill --kill-whom=main --signal=SIGCONT handglass');
  await status(page, 'connected');
  await press('Give to win10');
  await until(lab, `test ! -e ${mouse}`);
  await service.give('host');
  await page.getByRole('button', { name: 'Give to win10', exact: true }).waitFor();
  expect(strayed).toEqual([]);
});

test("the service is heard on libvirt's bridge once a guest is on it, whenever that is", async () => {
  onTestFinished(async () => {
    await lab.sh(
      'cp /tmp/usual.toml /etc/handglass/handglass.toml; virsh net-start default; systemctl restart handglass',
    );
  });
  const isHeard = "ss --no-header --listening --tcp --numeric | grep -q '192.168.122.1:18503'";
  await output(
    lab,
    `virsh destroy win10; virsh net-destroy default
    cp /etc/handglass/handglass.toml /tmp/usual.toml
    sed -i 's/^listen = .*:18503.*/listen = ["virbr0:18503"]/' /etc/handglass/handglass.toml
    systemctl restart handglass`,
  );
  await service.until(/no network interface virbr0/);
  await until(lab, `! ${isHeard}`);
  const come = async () => {
    await output(lab, 'virsh net-start default && virsh start win10');
    await until(lab, isHeard);
    await service.until(/"problems":\[\].*"waiting":\[\]/);
  };
  await come();
  await output(lab, 'virsh destroy win10; virsh net-destroy default');
  await until(lab, `! ${isHeard}`);
  await come();
});
