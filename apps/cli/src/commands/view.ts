import { resolve } from 'node:path';
import { startProcess } from '@escarp/child-process';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';
import { daemonUrl } from '../find-daemon.js';
import { printAnswer } from '../print-answer.js';
import { ensureViewer, findViewer, stopViewer, type ViewerClient } from '../viewer-client.js';

/** Makes a link to the dashboard that opens once, and starts the viewer for it; or ends links, sessions, the viewer. */
export async function view(cli: Cli, args: Arguments): Promise<number> {
  if (args.flag('stop')) return stop(cli);
  const slot = args.count('slot');
  if (args.flag('revoke')) return revoke(cli, slot);
  await daemonUrl(cli);
  const viewer = await ensureViewer(cli);
  const address = args.text('address');
  if (address !== undefined) await listen(cli, viewer, address, args);
  const right = args.flag('control') ? 'control' : 'view';
  const link = await viewer.post('links', { right, ...(slot === undefined ? {} : { slot }) });
  const urls = textsOf(link['urls']);
  const url = urls.find((one) => (address === undefined) === one.startsWith('http://')) ?? urls[0] ?? '';
  printAnswer(cli, { url, right, slot: slot ?? null, expiresAt: link['expiresAt'] }, [
    url,
    'It opens once, within ten minutes, and whoever opens it has what it gives.',
  ]);
  if (args.flag('open')) await openInBrowser(cli, url);
  return 0;
}

async function stop(cli: Cli): Promise<number> {
  const stopped = await stopViewer(cli);
  printResult(cli, { stopped }, [stopped ? 'The viewer has stopped.' : 'No viewer was running.']);
  return 0;
}

async function revoke(cli: Cli, slot: number | undefined): Promise<number> {
  const viewer = await findViewer(cli);
  const answer = await viewer?.post('revoke', slot === undefined ? {} : { slot });
  const revoked = Number(answer?.['revoked'] ?? 0);
  printResult(cli, { revoked }, [`Ended ${revoked} links and sessions.`]);
  return 0;
}

async function listen(cli: Cli, viewer: ViewerClient, address: string, args: Arguments): Promise<void> {
  const tlsCert = resolve(cli.cwd, args.required('tls-cert'));
  const tlsKey = resolve(cli.cwd, args.required('tls-key'));
  await viewer.post('listen', { address, tlsCert, tlsKey });
}

async function openInBrowser(cli: Cli, url: string): Promise<void> {
  const program = cli.platform === 'darwin' ? 'open' : 'xdg-open';
  try {
    const { unref } = await startProcess(program, [url], { detached: true, stdio: 'ignore', cwd: cli.cwd });
    unref();
  } catch {
    say(cli, `${program} is not there; open the link yourself.`);
  }
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
