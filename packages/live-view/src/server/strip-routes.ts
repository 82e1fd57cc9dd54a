import type { StoredStrip } from '@escarp/screenshots';
import { Refusal } from '../refusal.js';
import type { Session } from '../rights/session.js';
import type { ViewerCore } from '../viewer-core.js';
import type { SlotStrip } from '../wire/index.js';
import { sessionOf } from './session-of.js';
import type { ViewerApp, ViewerContext } from './viewer-app.js';

/** The screenshots of leases. A session for one slot is for one lease, and is shown those of no other. */
export function addStripRoutes(app: ViewerApp, core: ViewerCore): void {
  app.get('/s/:session/api/slots/:slot/screenshots', async (context) => {
    const strips = await stripsFor(context, core);
    return context.json(strips.map(toWire));
  });
  app.get('/s/:session/api/slots/:slot/screenshots/:fence/:file', async (context) => {
    const { fence, file } = context.req.param();
    const strip = (await stripsFor(context, core)).find((one) => one.fence === Number(fence));
    const jpeg = strip && (await core.options.strips.read(strip.lease, file));
    if (jpeg === undefined) throw new Refusal(404, 'unknown_screenshot', 'There is no such screenshot.');
    return context.body(new Uint8Array(jpeg), 200, { 'content-type': 'image/jpeg' });
  });
}

async function stripsFor(context: ViewerContext, core: ViewerCore): Promise<StoredStrip[]> {
  const session = await sessionOf(context, core);
  const slot = Number(context.req.param('slot'));
  core.require(session, 'view', slot);
  return (await core.options.strips.list()).filter((strip) => strip.slot === slot && maySee(session, strip));
}

function maySee({ grant }: Session, { fence }: StoredStrip): boolean {
  return grant.slot === undefined || grant.fence === fence;
}

/** Without the id of the lease, which is its handle. */
function toWire({ slot, fence, holder, since, isKept, pictures }: StoredStrip): SlotStrip {
  const shots = pictures.map(({ file, at, title, url }) => ({ file, at, title, url }));
  return { slot, fence, holder, since, isKept, pictures: shots };
}
