import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { HandglassError } from '../../../src/errors.ts';
import { everywhere, interfacesOf, openGuestPeer, startService, until } from '../support.ts';
import {
  browserTest,
  groupsAreDrawn,
  linkFor,
  newPage,
  openPanel,
  panel,
  status,
  useBrowser,
} from './browser.ts';

useBrowser();

/** Presses what says that it cannot be pressed. */
const inSpite = { force: true };

const seatOf = (page: Page, name: string) =>
  page.getByRole('region', { name: `seat ${name}`, exact: true });

const headline = (page: Page, name: string) => seatOf(page, name).locator('.headline');

const notLetIn = (page: Page) =>
  page.getByRole('heading', { name: 'The service does not let this browser in' });

const button = (page: Page, seat: string, name: string) =>
  seatOf(page, seat).getByRole('button', { name, exact: true });

browserTest('each button moves its seat there', async () => {
  const service = await startService({ panel });
  const { control } = service;
  for (const domain of control.current.domains) domain.state = 'running';
  const { page } = await openPanel(service);
  for (const { name, domains } of control.current.seats) {
    for (const to of [...domains, 'host']) {
      await button(page, name, `Give to ${to}`).click();
      await button(page, name, `With ${to}`).waitFor();
      expect(await headline(page, name).innerText()).toBe(`with ${to}`);
      expect(control.moves.at(-1)).toBe(`${name} to ${to}`);
    }
  }
  expect(control.moves).toHaveLength(7);
});

browserTest('a browser of a domain has buttons for its own seats, to itself and back', async () => {
  const service = await startService();
  const { page } = await openPanel(service, 'win10');
  expect(await page.getByRole('button').allInnerTexts()).toEqual([
    'With\nhost',
    'Give to\nwin10',
    'With\nhost',
    'Give to\nwin10',
  ]);
  await button(page, 'couch', 'Give to win10').click();
  await button(page, 'couch', 'Give to host').click();
  await button(page, 'couch', 'With host').waitFor();
  expect(service.control.moves).toEqual(['couch to win10', 'couch to host']);
});

browserTest('while a seat moves its buttons say so and do nothing', async () => {
  const service = await startService({ panel });
  const { page } = await openPanel(service);
  const leave = Promise.withResolvers<void>();
  service.control.beforeMoveEnds = () => leave.promise;
  await button(page, 'desk', 'Give to win10').click();
  await headline(page, 'desk').getByText('moving to').waitFor();
  await button(page, 'desk', 'Moving to win10').click(inSpite);
  await button(page, 'desk', 'With host').click(inSpite);
  leave.resolve();
  await headline(page, 'desk').getByText('win10').waitFor();
  await button(page, 'desk', 'With win10').waitFor();
  expect(service.control.moves).toEqual(['desk to win10']);
});

browserTest(
  'what a domain is not ready for is said on the button, which does nothing',
  async () => {
    const service = await startService({ panel });
    const { page } = await openPanel(service);
    await button(page, 'couch', 'Give to linux not running (shut off)').click(inSpite);
    service.control.current.domains[1]!.state = 'running';
    service.control.tell();
    await button(page, 'couch', 'Give to linux').click();
    await headline(page, 'couch').getByText('linux').waitFor();
    expect(service.control.moves).toEqual(['couch to linux']);
  },
);

browserTest('a change that is made elsewhere appears by itself, among the events too', async () => {
  const service = await startService({ panel });
  const { page } = await openPanel(service);
  await page.evaluate('window.loadedOnce = true');
  service.control.current.seats[0]!.owner = 'win10';
  service.control.current.seats[0]!.devices[0]!.with = 'win10';
  service.control.tell();
  await headline(page, 'desk').getByText('win10').waitFor();
  expect(await page.getByRole('log').getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d\s+usb device 1532:0037 of desk with win10$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d\s+seat desk with win10$/),
  ]);
  expect(await page.evaluate('window.loadedOnce')).toBe(true);
});

browserTest('what happened before the page was opened is among the events', async () => {
  const service = await startService({ panel });
  service.control.tell();
  service.control.current.seats[0]!.owner = 'win10';
  service.control.tell();
  const { page } = await openPanel(service);
  const events = () => page.getByRole('log').getByRole('listitem').allInnerTexts();
  const expected = [expect.stringMatching(/^\d\d:\d\d:\d\d\s+seat desk with win10$/)];
  expect(await events()).toEqual(expected);
  await page.reload();
  await status(page, 'connected');
  expect(await events()).toEqual(expected);
});

browserTest(
  'why a seat has not moved is said there with the remedy, until it is dismissed',
  async () => {
    const service = await startService({ panel });
    const { page } = await openPanel(service);
    service.control.beforeMoveEnds = async () => {
      throw new HandglassError('locked-out', 'The panic chord was pressed.', 'Wait for 10 s.');
    };
    await button(page, 'desk', 'Give to win10').click();
    const alert = seatOf(page, 'desk').getByRole('alert');
    await alert.waitFor();
    expect(await alert.getByRole('paragraph').allInnerTexts()).toEqual([
      'The panic chord was pressed.',
      'Wait for 10 s.',
    ]);
    await button(page, 'desk', 'Give to win10').waitFor();
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await alert.waitFor({ state: 'detached' });
  },
);

browserTest('everything can be done by keyboard, and the focus is seen and stays', async () => {
  const service = await startService();
  const { page } = await openPanel(service, 'win10');
  const focused = async () =>
    page.evaluate<{ text: string; outline: string }>(`(() => {
      const { innerText, ownerDocument } = document.activeElement;
      const { outlineStyle } = getComputedStyle(document.activeElement);
      return { text: innerText.replaceAll(/\\s+/g, ' '), outline: outlineStyle };
    })()`);
  const texts: string[] = [];
  for (let stop = 0; stop < 4; stop += 1) {
    await page.keyboard.press('Tab');
    const { text, outline } = await focused();
    texts.push(text);
    expect(outline).toBe('solid');
  }
  expect(texts).toEqual(['With host', 'Give to win10', 'With host', 'Give to win10']);
  await page.keyboard.press('Enter');
  await button(page, 'couch', 'With win10').waitFor();
  expect(await focused()).toEqual({ text: 'With win10', outline: 'solid' });
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Space');
  await button(page, 'couch', 'With host').waitFor();
  expect(service.control.moves).toEqual(['couch to win10', 'couch to host']);
});

browserTest(
  'a link lets a browser in once, and nothing of it stays in the address bar',
  async () => {
    const service = await startService();
    const link = await linkFor(service, 'win10');
    const first = await newPage();
    await first.page.goto(link);
    await seatOf(first.page, 'desk').waitFor();
    expect(first.page.url()).toBe(`http://127.0.0.1:${service.port}/`);
    await first.page.reload();
    await seatOf(first.page, 'desk').waitFor();

    const second = await newPage();
    await second.page.goto(link);
    const alert = second.page.getByRole('alert');
    await alert.getByRole('heading', { name: 'This link is not good any more' }).waitFor();
    expect(await alert.innerText()).toContain('Run handglass panel on the host for a new one.');
    // A browser that was let in before comes in all the same.
    await first.page.goto(link);
    await seatOf(first.page, 'desk').waitFor();
  },
);

browserTest('a link for a domain leads to its own address, and over TLS', async () => {
  const interfaces = interfacesOf({ virbr0: ['127.0.0.1'] });
  const service = await startService({ listen: [everywhere], interfaces });
  const { page } = await openPanel(service, 'win10', { ignoreHTTPSErrors: true });
  expect(page.url()).toBe(`https://127.0.0.1:${service.port}/`);
  await button(page, 'desk', 'Give to win10').click();
  await button(page, 'desk', 'With win10').waitFor();
});

browserTest('a new link that is opened in the same tab lets it in', async () => {
  const service = await startService();
  const { page } = await newPage();
  await page.goto(`http://127.0.0.1:${service.port}/`);
  await page.getByRole('heading', { name: 'This browser is not paired' }).waitFor();
  await page.goto(await linkFor(service, 'win10'));
  await seatOf(page, 'desk').waitFor();
});

const linkQuestion = (page: Page) =>
  page.getByRole('alert').filter({ hasText: 'A link was opened here' });

/** A page of the host that was brought to a link which a guest has made for itself. */
async function luredPage() {
  const service = await startService({ panel });
  const { page } = await openPanel(service);
  const guest = await openGuestPeer(service, 'linux');
  const { result } = (await guest.ask('panel.open')) as { result: { url: string } };
  await page.goto(`http://127.0.0.1:${service.panelPort}/${new URL(result.url).hash}`);
  await linkQuestion(page).waitFor();
  return { service, page };
}

browserTest('a link of somebody else takes no place of a token that is good unasked', async () => {
  const { page } = await luredPage();
  await groupsIn(page).waitFor();
  await linkQuestion(page).getByRole('button', { name: 'Stay as you are' }).click();
  await linkQuestion(page).waitFor({ state: 'detached' });
  await page.reload();
  await groupsIn(page).waitFor();
  expect(await linkQuestion(page).count()).toBe(0);
});

browserTest('it lets the browser in where that is wanted', async () => {
  const { service, page } = await luredPage();
  await linkQuestion(page).getByRole('button', { name: 'Use the link' }).click();
  await seatOf(page, 'lab').waitFor();
  await groupsIn(page).waitFor({ state: 'detached' });
  expect(await seatOf(page, 'desk').count()).toBe(0);
  await page.reload();
  await seatOf(page, 'lab').waitFor();
  expect(await groupsIn(page).count()).toBe(0);
  expect(service.failures).toEqual([]);
});

browserTest('a link lets a browser in whose token is good no more', async () => {
  const service = await startService({ panel });
  const { page } = await openPanel(service);
  await page.evaluate("localStorage.setItem('handglass.token', 'of another time')");
  await page.goto(await linkFor(service, 'host'));
  await groupsIn(page).waitFor();
  expect(await linkQuestion(page).count()).toBe(0);
});

browserTest('a tab that waits at the door comes in with another one', async () => {
  const service = await startService({ panel });
  const { page } = await newPage();
  await page.goto(`http://127.0.0.1:${service.panelPort}/`);
  await page.getByRole('heading', { name: 'This browser is not paired' }).waitFor();
  const other = await page.context().newPage();
  await other.goto(await linkFor(service, 'host'));
  await seatOf(other, 'desk').waitFor();
  await seatOf(page, 'desk').waitFor();
});

browserTest('a token that is refused is forgotten, and the page says what to do', async () => {
  const service = await startService({ panel });
  const { page } = await openPanel(service);
  await page.evaluate("localStorage.setItem('handglass.token', 'of another time')");
  await page.reload();
  await page
    .getByRole('heading', { name: 'The service does not know this browser any more' })
    .waitFor();
  expect(await page.evaluate('localStorage.length')).toBe(0);
});

browserTest(
  'a browser that calls from elsewhere is told so, and let in once it does not',
  async () => {
    let addresses = ['127.0.0.1'];
    const service = await startService({ addressesOf: async () => addresses });
    const { page } = await openPanel(service, 'win10');
    await page.clock.install();
    const attempts: unknown[] = [];
    page.on('websocket', (socket) => attempts.push(socket));
    addresses = ['192.168.122.50'];
    await page.reload();
    await notLetIn(page).waitFor();
    const said = await page.getByRole('alert').innerText();
    expect(said).toContain("The caller's address is not one of its domain's.");
    expect(said).toContain('Call from inside that domain');
    await page.clock.runFor(60_000);
    expect(attempts).toHaveLength(1);
    addresses = ['127.0.0.1'];
    await page.reload();
    await seatOf(page, 'desk').waitFor();
  },
);

browserTest('a link that the service takes and lets nobody in by is not tried again', async () => {
  const service = await startService({
    addressesOf: () => Promise.reject(new Error('no libvirt')),
  });
  const { page } = await newPage();
  await page.clock.install();
  const attempts: unknown[] = [];
  page.on('websocket', (socket) => attempts.push(socket));
  await page.goto(await linkFor(service, 'win10'));
  await notLetIn(page).waitFor();
  await page.clock.runFor(60_000);
  expect(attempts).toHaveLength(1);
});

browserTest('a browser that is shut out while it looks says so', async () => {
  const service = await startService();
  const { page } = await openPanel(service, 'win10');
  await revokeAll(service.unixAddress);
  await page.getByRole('heading', { name: 'This browser was shut out' }).waitFor();
  expect(await page.getByRole('alert').innerText()).toContain('Run handglass panel --domain NAME');
  expect(await page.evaluate('localStorage.length')).toBe(0);
  await until(() => service.guests.list().length === 0);
});

async function revokeAll(address: string): Promise<void> {
  const { connect } = await import('../../../src/server/client.ts');
  const client = await connect(address);
  for (const { id } of await client.call('guest.list', {})) {
    await client.call('guest.revoke', { id });
  }
  await client.close();
}

const groupsIn = (page: Page) => page.getByRole('region', { name: 'IOMMU groups' });

browserTest(
  'the IOMMU groups are drawn when asked for, in their own colours, and hidden again',
  async () => {
    const service = await startService({ panel });
    const { page, strayed } = await openPanel(service);
    expect(service.control.pictures).toBe(0);
    await groupsIn(page).getByRole('button', { name: 'Show them', expanded: false }).click();
    const image = groupsIn(page).getByRole('img');
    await image.waitFor();
    await groupsAreDrawn(page);
    expect(service.control.pictures).toBe(1);

    const opening = page.context().waitForEvent('page');
    await groupsIn(page).getByRole('link').click();
    const alone = await opening;
    await alone.waitForLoadState();
    // Without its style it would be black.
    expect(await alone.evaluate('getComputedStyle(document.querySelector(".page")).fill')).toBe(
      'rgb(244, 245, 247)',
    );
    expect(await alone.title()).toBe('IOMMU groups');
    await alone.close();

    await groupsIn(page).getByRole('button', { name: 'Hide them', expanded: true }).click();
    await image.waitFor({ state: 'detached' });
    expect(strayed).toEqual([]);
  },
);

browserTest('a browser of a domain is shown nothing of the IOMMU groups', async () => {
  const service = await startService();
  const { page } = await openPanel(service, 'win10');
  await page.getByRole('region', { name: 'Events' }).waitFor();
  expect(await groupsIn(page).count()).toBe(0);
});

browserTest('why the IOMMU groups cannot be drawn is said there', async () => {
  const service = await startService({ panel });
  const { page } = await openPanel(service);
  await service.stop();
  await groupsIn(page).getByRole('button', { name: 'Show them' }).click();
  await groupsIn(page)
    .getByRole('alert')
    .getByText('There is no connection to the service.')
    .waitFor();
});
