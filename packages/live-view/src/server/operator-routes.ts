import { Refusal } from '../refusal.js';
import type { Grant } from '../rights/grant.js';
import { type Listener, refuseBrowsers } from '../rights/page-guard.js';
import { isSecretOf } from '../rights/secrets.js';
import type { ViewerCore } from '../viewer-core.js';
import { bodies, bodyOf } from './bodies.js';
import { jsonBody, type ViewerApp, type ViewerContext } from './viewer-app.js';

/** Where else the viewer is to listen: an address that other machines reach, with TLS. Paths of PEM files. */
export interface NetworkAddress {
  readonly address: string;
  readonly tlsCert: string;
  readonly tlsKey: string;
}

/** What an operator can do besides looking. */
export interface OperatorActions {
  /** Addresses at which links can be opened; that on loopback first. */
  readonly urls: () => readonly string[];
  /** Resolves with the URL; rejects when the address or the certificate is of no use. */
  readonly listen: (network: NetworkAddress) => Promise<string>;
  readonly stop: () => void;
}

/** For programs on this machine: links, and their end. No browser can call these, whatever it knows. */
export function addOperatorRoutes(
  app: ViewerApp,
  core: ViewerCore,
  listener: Listener,
  actions: OperatorActions,
): void {
  app.use('/operator/*', async (context, next) => {
    refuseOtherHosts(context, listener);
    refuseBrowsers(context.req.raw);
    await next();
  });
  app.post('/operator/links', async (context) => {
    const grant = await grantFor(context, core);
    const { secret, expiresAt } = core.sessions.makeLink(grant);
    return context.json({ urls: actions.urls().map((url) => `${url}/#${secret}`), expiresAt });
  });
  app.post('/operator/revoke', async (context) => {
    requireOperator(context, core);
    const { slot } = bodyOf(bodies.revoke, await jsonBody(context));
    return context.json({ revoked: core.sessions.revoke(slot) });
  });
  app.post('/operator/listen', async (context) => {
    requireOperator(context, core);
    return context.json({ url: await actions.listen(bodyOf(bodies.listen, await jsonBody(context))) });
  });
  app.post('/operator/stop', (context) => {
    requireOperator(context, core);
    actions.stop();
    return context.json({});
  });
}

/** An operator may give any right; a holder, who shows its lease's token, those to its own slot. */
async function grantFor(context: ViewerContext, core: ViewerCore): Promise<Grant> {
  const { right, slot, leaseToken } = bodyOf(bodies.operatorLink, await jsonBody(context));
  if (leaseToken === undefined) requireOperator(context, core);
  const held = leaseToken === undefined ? undefined : await core.options.control.leaseOf(leaseToken);
  if (held !== undefined && slot !== undefined && held.slot !== slot) throw notYours();
  const of = held?.slot ?? slot;
  if (of === undefined) return { right, slot: undefined, fence: undefined };
  await core.pool.refresh();
  const facts = core.pool.slot(of);
  if (facts === undefined) throw new Refusal(404, 'unknown_slot', `There is no slot ${of}.`);
  return { right, slot: of, fence: held?.fence ?? facts.fence ?? undefined };
}

function requireOperator({ req }: ViewerContext, { operatorDigest }: ViewerCore): void {
  const credential = /^Bearer (\S+)$/.exec(req.header('authorization') ?? '')?.[1];
  if (credential === undefined || !isSecretOf(operatorDigest, credential)) {
    throw new Refusal(401, 'unauthorized', 'This is for the operator of the pool.');
  }
}

function refuseOtherHosts({ req }: ViewerContext, { names }: Listener): void {
  const name = req
    .header('host')
    ?.toLowerCase()
    .replace(/:\d{1,5}$/, '');
  if (name === undefined || !names.includes(name)) {
    throw new Refusal(403, 'forbidden_host', 'The viewer does not answer to this name.');
  }
}

function notYours(): Refusal {
  return new Refusal(403, 'forbidden', 'The lease token is that of another slot.');
}
