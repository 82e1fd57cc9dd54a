import { createInterface } from 'node:readline';
import type { Client, LeaseView, LoginView } from '@escarp/transport/client';
import { OperationError } from '@escarp/transport/client';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';
import { durationS } from '../duration.js';
import { ensureBrowser } from '../ensure-daemon.js';
import { clientAt } from '../find-daemon.js';
import { loginLines } from '../logins/login-lines.js';
import { listOf } from '../logins/login-wish.js';
import { printAnswer } from '../print-answer.js';
import { printable } from '../print/printable.js';
import { UsageError } from '../usage-error.js';

const nowhere = 51;
const isFresh = 52;

/** Has a person sign in once, in a slot with a window, and saves what the browser keeps of it. */
export async function login(cli: Cli, args: Arguments): Promise<number> {
  const wish = wishOf(args);
  const client = await clientAt(cli, await ensureBrowser(cli));
  const fresh = args.flag('again') ? undefined : await freshLogin(client, wish.name);
  if (fresh !== undefined) return tellFresh(cli, fresh);
  const { slots } = await client.status();
  if (slots.every(({ headless }) => headless)) return tellNowhere(cli);
  const lease = await client.acquire(
    {
      holder: `login ${wish.name}`,
      client: 'escarp-login',
      waitS: args.number('wait') ?? 0,
      // Somebody types a password.
      screenshots: 'off',
    },
    { signal: cli.interrupted },
  );
  const saved = await signIn(cli, client, lease, wish);
  printAnswer(cli, saved, [`Saved as ${saved.name}, version ${saved.version}.`, ...loginLines(saved)]);
  return 0;
}

type Wish = Omit<Parameters<Client['loginSave']>[0], 'leaseToken'>;

function wishOf(args: Arguments): Wish {
  const shared = args.flag('exclusive') ? 1 : args.count('shared');
  if (shared === 0)
    throw new UsageError('--shared 0 would let nobody have it.', 'Say how many may, from 1 on.');
  const optional = {
    untilUrl: args.text('until'),
    untilText: args.text('until-text'),
    origins: listOf(args.text('origins')),
    holdersMax: shared,
    checkUrl: args.text('check-url'),
    checkText: args.text('check-text'),
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {
    name: args.required('name'),
    url: args.required('url'),
    timeoutS: durationS('timeout', args.text('timeout') ?? '5m'),
    maxAgeS: durationS('max-age', args.text('max-age') ?? '30d'),
    allOrigins: args.flag('all-origins'),
    needsApproval: args.flag('approve'),
    ...given,
  };
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
    'To sign in all the same, say --again.',
  ]);
  return isFresh;
}

function tellNowhere(cli: Cli): number {
  const message = 'There is no window to sign in at: every slot of this pool is headless.';
  const hint = 'Stop the pool with escarp down, and bring it up with escarp up --displays or --headed.';
  if (cli.json) printResult(cli, { error: 'nowhere_to_show', message, hint }, []);
  else cli.stderr.write(`${message}\n  ${hint}\n`);
  return nowhere;
}

/** The slot is given back however this ends, and reset, so that nobody meets the login there. */
async function signIn(cli: Cli, client: Client, lease: LeaseView, wish: Wish): Promise<LoginView> {
  const held = client.hold(lease);
  const over = new AbortController();
  const signal = AbortSignal.any([cli.interrupted, over.signal]);
  tellWhere(cli, lease, wish);
  const stopListening = onEnter(() => void client.loginDone({ name: wish.name }).catch(() => {}));
  try {
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

function tellWhere(
  cli: Cli,
  { slot, display, cuaAppName }: LeaseView,
  { url, untilUrl, untilText }: Wish,
): void {
  const at = cuaAppName ?? (display === null ? 'its window' : `display ${display}`);
  say(cli, `Sign in at ${printable(url)} in slot ${slot}: ${printable(at)}.`);
  const signs = [untilUrl, untilText].filter((sign) => sign !== undefined).map((sign) => printable(sign));
  const isAsked = process.stdin.isTTY;
  if (signs.length > 0) say(cli, `It is saved as soon as this shows: ${signs.join(', or ')}.`);
  if (isAsked) say(cli, 'Press Enter here when you are signed in.');
  else if (signs.length === 0) say(cli, 'Say that you are signed in with escarp logins done NAME.');
}

function onEnter(done: () => void): () => void {
  if (!process.stdin.isTTY) return () => {};
  const lines = createInterface({ input: process.stdin });
  lines.on('line', done);
  return () => lines.close();
}
