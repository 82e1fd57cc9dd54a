import { createInterface } from 'node:readline';
import { firstAborted } from '@escarp/contract';
import type { Client, LeaseView, LoginView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { say } from '../cli.js';
import { durationS } from '../duration.js';
import { ensureBrowser } from '../ensure-daemon.js';
import { clientAt } from '../find-daemon.js';
import { loginLines } from '../logins/login-lines.js';
import { listOf } from '../logins/login-wish.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { UsageError } from '../usage-error.js';
import { ensureViewer, makeLink } from '../viewer-client.js';

const isFresh = 52;

/**
 * Has a person sign in once, in a slot with a window, and saves what the browser keeps of it. A headless slot has a window for
 * as long as that takes.
 */
export async function login(cli: Cli, args: Arguments): Promise<number> {
  const wish = wishOf(args);
  await checkWish(wish);
  const client = await clientAt(cli, await ensureBrowser(cli));
  const fresh = args.flag('again') ? undefined : await freshLogin(client, wish.name);
  if (fresh !== undefined) return tellFresh(cli, fresh);
  // Somebody types a password.
  const holder = { holder: `login ${wish.name}`, client: 'escarp-login', screenshots: 'off' } as const;
  const request = { ...holder, window: true, waitS: args.number('wait') ?? 0 };
  const lease = await client.acquire(request, { signal: cli.interrupted });
  const saved = await signIn(cli, client, lease, wish);
  printAnswer(cli, saved, [`Saved as ${saved.name}, version ${saved.version}.`, ...loginLines(saved)]);
  return 0;
}

type Wish = Omit<Parameters<Client['loginSave']>[0], 'leaseToken'>;

function wishOf(args: Arguments): Wish {
  const shared = args.flag('exclusive') ? 1 : args.count('shared');
  if (shared === 0)
    throw new UsageError('--shared 0 would let nobody have it.', 'Say how many may, from 1 on.');
  const checkUrl = args.text('check-url');
  const optional = {
    untilUrl: args.text('until'),
    untilText: args.text('until-text'),
    origins: listOf(args.text('origins'))?.map((origin) => addressIn('--origins', origin)),
    holdersMax: shared,
    checkUrl: checkUrl === undefined ? undefined : addressIn('--check-url', checkUrl),
    checkText: args.text('check-text'),
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {
    name: args.required('name'),
    url: addressIn('--url', args.required('url')),
    timeoutS: durationS('timeout', args.text('timeout') ?? '5m'),
    maxAgeS: durationS('max-age', args.text('max-age') ?? '30d'),
    allOrigins: args.flag('all-origins'),
    full: args.flag('full'),
    passkeys: args.flag('passkeys'),
    needsApproval: args.flag('approve'),
    ...given,
  };
}

/** Before a slot is leased, a window opened and a person told where to go. */
async function checkWish(wish: Wish): Promise<void> {
  // Loaded by the few commands that check a request before it is sent.
  const { checkRequest } = await import('@escarp/transport');
  checkRequest('loginSave', { leaseToken: 'not leased yet', ...wish });
}

function addressIn(option: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(
    `${option} must be an address, not "${text}".`,
    'For example: https://shop.example/login',
  );
}

async function freshLogin(client: Client, name: string): Promise<LoginView | undefined> {
  try {
    const found = await client.login({ name });
    return found.status === 'ready' ? found : undefined;
  } catch (error) {
    if (error instanceof OperationError && error.code === 'login_unknown') return undefined;
    throw error;
  }
}

function tellFresh(cli: Cli, fresh: LoginView): number {
  const until = new Date(fresh.expiresAt * 1_000).toISOString();
  printAnswer(cli, { ...fresh, fresh: true }, [
    `${fresh.name} is signed in already, and may be leased until ${until}.`,
    'To sign in all the same, pass --again.',
  ]);
  return isFresh;
}

/** The slot is given back however this ends, and reset, so that nobody meets the login there. */
async function signIn(cli: Cli, client: Client, lease: LeaseView, wish: Wish): Promise<LoginView> {
  const held = client.hold(lease);
  const over = new AbortController();
  const signal = firstAborted([cli.interrupted], over.signal);
  const stopListening = onEnter(() => void client.loginDone({ name: wish.name }).catch(() => {}));
  try {
    await tellWhere(cli, lease, wish);
    const lost = held.lost.then((reason) => {
      throw reason;
    });
    return await Promise.race([
      client.loginSave({ leaseToken: lease.leaseToken, ...wish }, { signal }),
      lost,
    ]);
  } finally {
    over.abort();
    stopListening();
    await held.release().catch(() => {});
  }
}

async function tellWhere(
  cli: Cli,
  lease: LeaseView,
  { name, url, untilUrl, untilText }: Wish,
): Promise<void> {
  const { slot, display, cuaAppName } = lease;
  const at = cuaAppName ?? (display === null ? 'its window' : `display ${display}`);
  say(cli, `Sign in at ${printable(url)} in slot ${slot}: ${printable(at)}.`);
  if (!isAtScreen(cli, lease)) await tellLink(cli, slot);
  const signs = [untilUrl, untilText].filter((sign) => sign !== undefined).map((sign) => printable(sign));
  const isAsked = process.stdin.isTTY;
  if (signs.length > 0) say(cli, `It is saved as soon as this shows: ${signs.join(', or ')}.`);
  if (isAsked) say(cli, 'Press Enter here when you are signed in.');
  else if (signs.length === 0) say(cli, `When you are signed in, run: escarp logins done ${name}`);
}

/** Whether who runs this command sees the slot's window on the screen in front of them. */
function isAtScreen({ env }: Cli, { display }: LeaseView): boolean {
  return display === null ? env['SSH_CONNECTION'] === undefined : env['DISPLAY'] === display;
}

/** A viewer that does not start does not keep anybody from signing in on the display itself. */
async function tellLink(cli: Cli, slot: number): Promise<void> {
  try {
    const { url } = await makeLink(await ensureViewer(cli), { right: 'control', slot });
    say(cli, `Open this link to get there; it opens once, within ten minutes: ${url}`);
  } catch (error) {
    const why = error instanceof Error ? ` ${error.message}` : '';
    say(cli, `There is no link to it.${printable(why)} Try escarp view ${slot} --control.`);
  }
}

function onEnter(done: () => void): () => void {
  if (!process.stdin.isTTY) return () => {};
  const lines = createInterface({ input: process.stdin });
  lines.on('line', done);
  return () => lines.close();
}
