import { StripWriter } from '@escarp/screenshots';
import { stripsOf } from '@escarp/live-view';
import { viewerPaths } from '@escarp/live-view/wire';
import { makeTempHome, type TempHome } from '@escarp/test-support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakePool, leased, type OpenSession, startViewer, type ViewerFixture } from './viewer-fixture.js';

describe('screenshots in the viewer', () => {
  let temp: TempHome;
  let fixture: ViewerFixture;
  let listed = 0;

  beforeAll(async () => {
    temp = await makeTempHome();
    await addStrip({ slot: 0, fence: 5, since: 10 });
    await addStrip({ slot: 0, fence: 7, since: 20 });
    await addStrip({ slot: 1, fence: 8, since: 30 });
    const pool = new FakePool([leased(7), leased(8)]);
    const strips = stripsOf(temp.path);
    const list = (): ReturnType<typeof strips.list> => {
      listed += 1;
      return strips.list();
    };
    fixture = await startViewer(pool, undefined, { ...strips, list });
  });
  afterAll(async () => {
    await fixture.end();
    await temp.remove();
  });

  const addStrip = async (whose: { slot: number; fence: number; since: number }): Promise<void> => {
    const writer = await StripWriter.open(temp.path, {
      lease: `lease-${whose.fence}`,
      holder: 'claude',
      ...whose,
    });
    await writer.add({ at: 40, title: 'Shop', url: 'http://shop/', jpeg: Buffer.from(`of ${whose.fence}`) });
    await writer.close();
  };
  const fencesSeen = async (session: OpenSession, slot: number): Promise<number[]> => {
    const strips: { fence: number }[] = await (await session.get(viewerPaths.strips(slot))).json();
    return strips.map(({ fence }) => fence);
  };

  it('are those of every lease for whoever may see every slot', async () => {
    const session = await fixture.open('view');
    expect(await fencesSeen(session, 0)).toEqual([7, 5]);
    const shown = await session.get(viewerPaths.stripShot(0, 5, '1.jpg'));
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(await shown.text()).toBe('of 5');
  });

  it('are those of the one lease for whoever may see one slot', async () => {
    const session = await fixture.open('view', 0);
    expect(await fencesSeen(session, 0)).toEqual([7]);
    expect((await session.get(viewerPaths.stripShot(0, 7, '1.jpg'))).status).toBe(200);
    for (const path of [
      viewerPaths.stripShot(0, 5, '1.jpg'),
      viewerPaths.stripShot(1, 8, '1.jpg'),
      viewerPaths.stripShot(0, 8, '1.jpg'),
      viewerPaths.strips(1),
    ]) {
      expect((await session.get(path)).status, path).toBe(404);
    }
  });

  it('are each read without a look at every strip, however many a page shows', async () => {
    const session = await fixture.open('view');
    await fencesSeen(session, 0);
    const before = listed;
    for (const fence of [5, 7, 5, 7]) {
      expect(await (await session.get(viewerPaths.stripShot(0, fence, '1.jpg'))).text()).toBe(`of ${fence}`);
    }
    expect(listed).toBe(before);
    await addStrip({ slot: 0, fence: 9, since: 40 });
    expect(await (await session.get(viewerPaths.stripShot(0, 9, '1.jpg'))).text()).toBe('of 9');
  });

  it('do not name the lease by its handle, and are no way to any other file', async () => {
    const session = await fixture.open('control');
    expect(await (await session.get(viewerPaths.strips(0))).text()).not.toContain('lease-');
    for (const file of ['strip.json', '2.jpg', '..%2Fstrip.json']) {
      expect((await session.get(viewerPaths.stripShot(0, 5, file))).status, file).toBe(404);
    }
  });

  it('are shown to nobody without a session', async () => {
    const { base, path } = await fixture.open('view');
    expect((await fetch(`${base}${path}${viewerPaths.strips(0)}`)).status).toBe(401);
    expect((await fetch(`${base}${path}${viewerPaths.stripShot(0, 5, '1.jpg')}`)).status).toBe(401);
  });
});
