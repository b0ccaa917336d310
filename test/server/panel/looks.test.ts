import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { HandglassError } from '../../../src/errors.ts';
import { startService, type TestService } from '../support.ts';
import { browserTest, groupsAreDrawn, newPage, openPanel, panel, useBrowser } from './browser.ts';
import { states } from './states.ts';

useBrowser();

for (const [name, state] of Object.entries(states)) {
  browserTest(`a seat ${name} is read out whole`, async () => {
    const service = await startService({ panel, state });
    const { page } = await openPanel(service);
    await expect(await page.locator('body').ariaSnapshot()).toMatchFileSnapshot(
      `../../golden/panel/${name.replaceAll(' ', '-')}.txt`,
    );
  });

  browserTest(`axe finds nothing wrong with a seat ${name}, light or dark`, async () => {
    const service = await startService({ panel, state });
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, strayed } = await openPanel(service, 'host', { colorScheme });
      expect(await violations(page)).toEqual([]);
      expect(strayed).toEqual([]);
    }
  });

  browserTest(`a seat ${name} is as wide as the screen, be that a phone or a wall`, async () => {
    const service = await startService({ panel, state });
    const { page } = await openPanel(service);
    for (const width of [320, 1280, 3840]) {
      await page.setViewportSize({ width, height: 640 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await violations(page)).toEqual([]);
    }
  });
}

const moments: Record<string, (page: Page, service: TestService) => Promise<void>> = {
  async 'while the connection is lost'(page, service) {
    await service.stop();
    await page.getByRole('alert').getByText('There is no connection to the service.').waitFor();
  },
  async 'where a seat was refused'(page, { control }) {
    control.beforeMoveEnds = () =>
      Promise.reject(
        new HandglassError('locked-out', 'The panic chord was pressed.', 'Wait for 10 s.'),
      );
    await page.getByRole('button', { name: 'Give to win10' }).first().click();
    await page.getByRole('alert').waitFor();
  },
  async 'where the IOMMU groups are shown'(page) {
    await page.getByRole('button', { name: 'Show them' }).click();
    await groupsAreDrawn(page);
  },
};

for (const [name, come] of Object.entries(moments)) {
  browserTest(`axe finds nothing wrong ${name}, light or dark`, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const service = await startService({ panel });
      const { page, strayed } = await openPanel(service, 'host', { colorScheme });
      await come(page, service);
      expect(await violations(page)).toEqual([]);
      expect(strayed).toEqual([]);
    }
  });
}

browserTest('nothing is wrong with the page where there is no way in', async () => {
  const { port } = await startService();
  const { page, strayed } = await newPage({ viewport: { width: 320, height: 640 } });
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.getByRole('alert').waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  expect(strayed).toEqual([]);
});

/** What axe finds, each with the elements that it found it in. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<AxeResults>('axe.run()');
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`,
  );
}
