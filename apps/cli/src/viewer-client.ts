import { isErrorCode, omitUndefined } from '@escarp/contract';
import { openStateDirectory, readRunningDaemonFile, readSecret, stateDirectory } from '@escarp/broker/home';
import { operatorCredential } from '@escarp/live-view/operator';
import { httpFetch, OperationError } from '@escarp/transport/client';
import { startInBackground } from './background-program.js';
import type { Cli } from './cli.js';
import { say } from './cli.js';
import { viewerProgram } from './daemon-program.js';
import { takeTurn } from './ensure-daemon.js';

/** The viewer of a state directory, as its operator calls it. */
export interface ViewerClient {
  readonly url: string;
  /** Rejects with an OperationError if the viewer refuses, or has gone. */
  readonly post: (action: string, body: object) => Promise<Record<string, unknown>>;
}

/** The viewer that runs, or one started in the background. */
export async function ensureViewer(cli: Cli): Promise<ViewerClient> {
  const directory = await openStateDirectory(cli.settings.home, cli.uid);
  const turn = await takeTurn(cli, directory, 'viewer-start.lock');
  try {
    const running = await findViewer(cli);
    if (running !== undefined) return running;
    say(cli, 'Starting the viewer');
    await startInBackground(cli, directory.home, { path: viewerProgram(), words: [], errors: 'viewer.log' });
    const started = await findViewer(cli);
    if (started === undefined) throw gone();
    return started;
  } finally {
    await turn.release();
  }
}

/** Undefined where none runs. */
export async function findViewer(cli: Cli): Promise<ViewerClient | undefined> {
  const { viewer, secret } = stateDirectory(cli.settings.home);
  const file = await readRunningDaemonFile(viewer);
  if (file === undefined) return undefined;
  const credential = operatorCredential(await readSecret(secret));
  return { url: file.url, post: (action, body) => post(`${file.url}/operator/${action}`, credential, body) };
}

/** What a link to the dashboard lets whoever opens it see or do; all slots if none is named. */
export interface LinkTerms {
  readonly right: 'view' | 'control';
  readonly slot?: number | undefined;
  /** The lease whose slot alone it is, for no longer than that lasts. */
  readonly leaseToken?: string;
  /** Which of the viewer's addresses it leads to, without a slash at its end; on this machine if absent. */
  readonly servedAt?: string;
}

/** A link that opens once, within ten minutes. Rejects with `bad_request` if the viewer makes none. */
export async function makeLink(
  viewer: ViewerClient,
  { right, slot, leaseToken, servedAt = viewer.url }: LinkTerms,
): Promise<{ readonly url: string; readonly expiresAt: unknown }> {
  const link = await viewer.post('links', { right, ...omitUndefined({ slot, leaseToken }) });
  const urls = Array.isArray(link['urls']) ? link['urls'].map(String) : [];
  const url = urls.find((one) => one.startsWith(`${servedAt}/`));
  if (url === undefined)
    throw new OperationError('bad_request', { message: `The viewer makes no links to ${servedAt}.` });
  return { url, expiresAt: link['expiresAt'] };
}

/** Ends the viewer if one runs; whoever looks is told so. */
export async function stopViewer(cli: Cli): Promise<boolean> {
  const running = await findViewer(cli).catch(() => undefined);
  if (running === undefined) return false;
  return running.post('stop', {}).then(
    () => true,
    () => false,
  );
}

async function post(url: string, credential: string, body: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` };
  const reply = await httpFetch(url, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {
    throw gone();
  });
  const answer: Record<string, unknown> = JSON.parse(await reply.text());
  if (reply.status === 200) return answer;
  const code = answer['error'];
  throw new OperationError(isErrorCode(code) ? code : 'bad_request', {
    message: textOf(answer['message']) ?? 'The viewer refuses.',
    ...omitUndefined({ hint: textOf(answer['hint']) }),
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function gone(): OperationError {
  return new OperationError('daemon_unreachable', {
    message: 'The viewer does not answer.',
    hint: 'See logs/viewer.log in the state directory.',
  });
}
