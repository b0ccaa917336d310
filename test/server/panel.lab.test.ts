/** The panel of the service in the virtual host, in a browser. */
import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import { carryPanel } from '../lab/tour/carried-panel.ts';
import { browserTest, groupsAreDrawn, newPage, status, useBrowser } from './panel/browser.ts';

const mouse = '/dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse';

let lab: Lab;

useBrowser();
vi.setConfig({ testTimeout: 900_000 });

beforeAll(async () => {
  lab = await freshLab();
  await output(lab, 'virsh start win10');
  await until(lab, 'handglass status');
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
