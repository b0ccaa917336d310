/** Pages in a browser that tell when they have drawn a change. */
import type { Browser, Page } from 'playwright-core';

export interface WatchedPage {
  /** When, by this program's `performance`, the frame after the change of what is shown began. */
  nextFrame(): Promise<number>;
  close(): Promise<void>;
}

/** @param script is there in place of the panel's own */
export async function openWatched(
  browser: Browser,
  link: string,
  script?: string,
): Promise<WatchedPage> {
  const page = await browser.newPage();
  let drawn = Promise.withResolvers<number>();
  await page.exposeFunction('drawn', (time: number) => drawn.resolve(time));
  await page.addInitScript(tellFrames);
  if (script !== undefined) {
    const body = { contentType: 'text/javascript', body: script };
    await page.route('**/panel.js', (route) => route.fulfill(body));
  }
  await page.goto(link);
  await page
    .getByText(/^win10$|^host$/)
    .first()
    .waitFor();
  const offset = await clockOffset(page);
  return {
    async nextFrame() {
      drawn = Promise.withResolvers();
      return (await drawn.promise) - offset;
    },
    close: () => page.close(),
  };
}

/** What the panel cannot be quicker than: it draws the first seat's owner, and nothing else. */
export const bareClient = `
  const socket = new WebSocket('ws://' + location.host + '/');
  const ask = (id, method, params) => socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  socket.onopen = () => ask(1, 'session.authenticate', { code: location.hash.slice(1) });
  socket.onmessage = ({ data }) => {
    const { id, result, params } = JSON.parse(data);
    if (id === 1) ask(2, 'state.subscribe', {});
    else document.body.textContent = (params ?? result).seats[0].owner;
  };
`;

const tellFrames = `
  const tell = () => drawn(performance.now());
  new MutationObserver(() => requestAnimationFrame(tell))
    .observe(document, { subtree: true, childList: true, characterData: true });
`;

/** By how many milliseconds the page's clock is ahead: as the quickest answer says, to half its time. */
async function clockOffset(page: Page): Promise<number> {
  const looks: { tookMs: number; offset: number }[] = [];
  for (let look = 0; look < 50; look += 1) {
    const before = performance.now();
    const there = await page.evaluate<number>('performance.now()');
    const tookMs = performance.now() - before;
    looks.push({ tookMs, offset: there - before - tookMs / 2 });
  }
  const [quickest] = looks.toSorted((one, other) => one.tookMs - other.tookMs);
  return quickest?.offset ?? 0;
}
