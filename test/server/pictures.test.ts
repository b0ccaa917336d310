import { expect, test } from 'vitest';
import { createPictures } from '../../src/server/pictures.ts';
import { manualClock, openGuestPeer, openPeer, startService, type TestService } from './support.ts';

const panel = [{ address: '127.0.0.1', port: 0 }];

const fetched = async (service: TestService, path: string) => {
  const response = await fetch(`http://127.0.0.1:${service.panelPort}${path}`);
  return { status: response.status, text: await response.text() };
};

async function pathOn(service: TestService): Promise<string> {
  const local = await openPeer(service.unixAddress);
  const { result } = (await local.ask('groups.picture', {})) as { result: { path: string } };
  return result.path;
}

test('the picture is drawn when it is fetched, and anew each time', async () => {
  const service = await startService({ panel });
  const path = await pathOn(service);
  expect(service.control.pictures).toBe(0);
  for (const number of [1, 2]) {
    const { status, text } = await fetched(service, path);
    expect(status).toBe(200);
    expect(text).toContain(`Drawn ${number}`);
  }
});

test('nobody draws for a path that was not told', async () => {
  const service = await startService({ panel });
  const path = await pathOn(service);
  const other = path[8] === 'A' ? 'B' : 'A';
  const wrong = [
    `/groups/${other}${path.slice(9)}`,
    '/groups/.svg',
    '/groups/',
    '/groups.svg',
    `${path}?`,
    `/${path}`,
  ];
  for (const each of wrong) expect((await fetched(service, each)).status).toBe(404);
  expect(service.control.pictures).toBe(0);
});

test('no guest is told of a path: it would see what else the host has', async () => {
  const service = await startService({ panel });
  const guest = await openGuestPeer(service, 'win10');
  const answer = await guest.ask('groups.picture', {});
  expect(answer).toMatchObject({
    error: { message: 'A guest may not call groups.picture.', data: { code: 'not-permitted' } },
  });
  expect(JSON.stringify(answer)).not.toContain('.svg');
  expect(service.control.pictures).toBe(0);
});

test('a path is good for 12 hours', () => {
  const clock = manualClock();
  const pictures = createPictures(clock, { groupsPicture: async () => '<svg/>' });
  const path = pictures.place();
  clock.advance(12 * 3_600_000 - 1);
  expect(pictures.at(path)).not.toBe(null);
  clock.advance(1);
  expect(pictures.at(path)).toBe(null);
});

test('a picture that cannot be drawn is a failure of ours', async () => {
  const service = await startService({ panel });
  service.control.beforePicture = async () => {
    throw new Error('no /sys');
  };
  expect((await fetched(service, await pathOn(service))).status).toBe(500);
  expect(service.failures).toEqual([new Error('no /sys')]);
});
