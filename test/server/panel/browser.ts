import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished, test, vi } from 'vitest';
import { connect } from '../../../src/server/client.ts';
import type { TestService } from '../support.ts';

const executablePath = '/usr/bin/chromium';

/** Leads the browser to this machine, as whoever owns a name can have it. */
export const foreignName = 'evil.example';

let browser: Browser;

/** A test in a browser. Without one it is skipped, and its name says why. */
export function browserTest(name: string, body: () => Promise<void>): void {
  if (existsSync(executablePath)) test(name, body);
  else test.skip(`${name} (there is no Chromium)`, body);
}

/** To be called by a file that has tests in a browser: it gets one of its own. */
export function useBrowser(): void {
  vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
  if (!existsSync(executablePath)) return;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath,
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-gpu',
        '--disable-quic',
        '--disable-sync',
        `--host-resolver-rules=MAP ${foreignName} 127.0.0.1`,
        '--no-first-run',
        '--no-sandbox',
      ],
    });
  });
  afterAll(() => browser.close());
}

/** Lets a browser on this machine in, too. */
export const panel = [{ address: '127.0.0.1', port: 0 }];

/** A link that lets a browser in once, for the host or a domain. */
export async function linkFor(service: TestService, viewer: string): Promise<string> {
  const client = await connect(service.unixAddress);
  try {
    const { url } = await client.call('panel.open', viewer === 'host' ? {} : { domain: viewer });
    return url;
  } finally {
    await client.close();
  }
}

/** The panel as a browser sees it that was let in for the host or a domain. */
export async function openPanel(
  service: TestService,
  viewer = 'host',
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const opened = await newPage(options);
  await opened.page.goto(await linkFor(service, viewer));
  await status(opened.page, 'connected');
  return opened;
}

/** Waits until the page says of its connection that it is so. */
export const status = (page: Page, text: string) =>
  page.locator('[role=status]', { hasText: new RegExp(`^${text}$`) }).waitFor();

/** Waits until the groups are drawn; asked from outside, since the page's policy lets nothing be evaluated in there. */
export const groupsAreDrawn = (page: Page) =>
  vi.waitUntil(
    async () =>
      Number(await page.evaluate('document.querySelector(".groups img")?.naturalWidth')) > 0,
    { timeout: 180_000, interval: 50 },
  );

export interface OpenPage {
  page: Page;
  /** What the page tried and must not: requests to other hosts, and what its policy forbids. */
  strayed: string[];
}

/** A page with a storage of its own. It is closed when the test ends. */
export async function newPage(options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const strayed: string[] = [];
  page.on('request', (request) => {
    if (!/^https?:\/\/127\.0\.0\.1:/.test(request.url())) strayed.push(request.url());
  });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) strayed.push(message.text());
  });
  page.on('pageerror', (error) => strayed.push(String(error)));
  return { page, strayed };
}
