import type { StoredStrip } from '@escarp/screenshots';
import { ListedStrips } from '../pool/listed-strips.js';
import { Refusal } from '../refusal.js';
import type { Session } from '../rights/session.js';
import type { ViewerCore } from '../viewer-core.js';
import type { SlotStrip } from '../wire/index.js';
import { sessionOf } from './session-of.js';
import type { ViewerApp, ViewerContext } from './viewer-app.js';

/** The screenshots of leases. A session for one slot is for one lease, and is shown those of no other. */
export function addStripRoutes(app: ViewerApp, core: ViewerCore): void {
  const strips = new ListedStrips(core.options.strips);
  app.get('/s/:session/api/slots/:slot/screenshots', async (context) => {
    const { session, slot } = await allowed(context, core);
    const all = await strips.list();
    const shown = all.filter((strip) => strip.slot === slot && maySee(session, strip.fence));
    return context.json(shown.map(toWire));
  });
  app.get('/s/:session/api/slots/:slot/screenshots/:fence/:file', async (context) => {
    const { session, slot } = await allowed(context, core);
    const { fence, file } = context.req.param();
    const jpeg = maySee(session, Number(fence))
      ? await strips.read({ slot, fence: Number(fence) }, file)
      : undefined;
    if (jpeg === undefined) throw new Refusal(404, 'unknown_screenshot', 'There is no such screenshot.');
    return context.body(new Uint8Array(jpeg), 200, { 'content-type': 'image/jpeg' });
  });
}

async function allowed(
  context: ViewerContext,
  core: ViewerCore,
): Promise<{ session: Session; slot: number }> {
  const session = await sessionOf(context, core);
  const slot = Number(context.req.param('slot'));
  core.require(session, 'view', slot);
  return { session, slot };
}

function maySee({ grant }: Session, fence: number): boolean {
  return grant.slot === undefined || grant.fence === fence;
}

/** Without the id of the lease, which is its handle. */
function toWire({ slot, fence, holder, since, isKept, pictures }: StoredStrip): SlotStrip {
  const shots = pictures.map(({ file, at, title, url }) => ({ file, at, title, url }));
  return { slot, fence, holder, since, isKept, pictures: shots };
}
