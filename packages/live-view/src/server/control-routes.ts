import { Refusal } from '../refusal.js';
import { mayDo } from '../rights/grant.js';
import type { Session } from '../rights/session.js';
import { notAllowed, type ViewerCore } from '../viewer-core.js';
import type { ControlState } from '../wire/index.js';
import { bodies, bodyOf } from './bodies.js';
import { sessionOf } from './session-of.js';
import { jsonBody, type ViewerApp } from './viewer-app.js';

/** What a person with the right to control does to leases. */
export function addControlRoutes(app: ViewerApp, core: ViewerCore): void {
  app.post('/s/:session/api/slots/:slot/control', async (context) => {
    const session = await sessionOf(context, core);
    const slot = Number(context.req.param('slot'));
    core.require(session, 'control', slot);
    const request = bodyOf(bodies.control, await jsonBody(context));
    const lease = leaseOn(core, slot);
    const { control } = core.options;
    if (request.by === 'agent') {
      await control.handBack(lease, request);
      core.takeovers.forget(slot);
    } else {
      await control.take(lease, request);
      core.takeovers.note(slot, lease.fence, session);
    }
    await core.pool.refresh();
    return context.json(controlState(core, session, slot));
  });
  app.post('/s/:session/api/asks/:id', async (context) => {
    const session = await sessionOf(context, core);
    const id = context.req.param('id');
    const answer = bodyOf(bodies.ask, await jsonBody(context));
    const asked = core.pool.facts?.asks?.find((one) => one.id === id);
    if (asked === undefined) throw new Refusal(404, 'unknown_ask', 'Nobody waits for this answer any more.');
    core.require(session, 'control', asked.slot);
    await core.options.control.answer(id, answer);
    await core.pool.refresh();
    return context.json({});
  });
  app.post('/s/:session/api/approvals/:id', async (context) => {
    const { grant } = await sessionOf(context, core);
    const { decision, ...note } = bodyOf(bodies.approval, await jsonBody(context));
    if (grant.slot !== undefined || grant.right !== 'control') throw notAllowed();
    await core.options.control.decide(context.req.param('id'), { approve: decision === 'approve', ...note });
    await core.pool.refresh();
    return context.json({});
  });
}

function leaseOn(core: ViewerCore, slot: number): { slot: number; fence: number } {
  const fence = core.pool.slot(slot)?.fence;
  if (typeof fence === 'number') return { slot, fence };
  throw new Refusal(409, 'unknown_lease', 'Nobody holds this slot, so there is nothing to take over.');
}

function controlState(core: ViewerCore, session: Session, slot: number): ControlState {
  const state = mayDo(session.grant, 'view', slot) ? core.stateFor(session) : undefined;
  return state?.slots.find((one) => one.slot === slot)?.control ?? { by: 'agent' };
}
