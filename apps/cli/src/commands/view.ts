import { isIP } from 'node:net';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult } from '../cli.js';
import { daemonUrl } from '../find-daemon.js';
import { openLink } from '../open-link.js';
import { printAnswer } from '../print-answer.js';
import { UsageError } from '../usage-error.js';
import { viewerCertificate } from '../viewer-certificate.js';
import { ensureViewer, findViewer, makeLink, stopViewer, type ViewerClient } from '../viewer-client.js';

/** Makes a link to the dashboard that opens once, and starts the viewer for it; or ends links, sessions, the viewer. */
export async function view(cli: Cli, args: Arguments): Promise<number> {
  if (args.flag('stop')) return stop(cli);
  const slot = args.count('slot', 'The slot');
  if (args.flag('revoke')) return revoke(cli, slot);
  const address = addressIn(args);
  await daemonUrl(cli);
  const viewer = await ensureViewer(cli);
  const served = address === undefined ? { url: viewer.url } : await serveAt(cli, viewer, address, args);
  const right = args.flag('control') ? 'control' : 'view';
  const { url, expiresAt } = await makeLink(viewer, { right, slot, servedAt: served.url });
  const { fingerprint = null } = served;
  printAnswer(cli, { url, right, slot: slot ?? null, expiresAt, fingerprint }, [
    url,
    'The link opens once, within ten minutes.',
    'Whoever opens it gets in, so treat it like a password.',
    ...(fingerprint === null ? [] : warningLines(fingerprint)),
  ]);
  if (args.flag('open')) await openLink(cli, url);
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

interface Served {
  /** Without a slash at its end. */
  readonly url: string;
  readonly fingerprint?: string | undefined;
}

async function serveAt(cli: Cli, viewer: ViewerClient, address: string, args: Arguments): Promise<Served> {
  const { fingerprint, ...files } = await viewerCertificate(cli, args, address);
  const { url } = await viewer.post('listen', { address, ...files });
  return { url: String(url), fingerprint };
}

/** The address becomes a part of a file's name and of a certificate, so it is one and nothing more. */
function addressIn(args: Arguments): string | undefined {
  const address = args.text('address');
  if (address === undefined || isIP(address) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(address))
    return address;
  throw new UsageError(
    `${address} is neither an IP address nor the name of a host.`,
    'Give one without a port, such as 192.168.1.5.',
  );
}

function warningLines(fingerprint: string): string[] {
  return [
    'The browser will warn once that nobody vouches for the certificate. It is the right one if its SHA-256 fingerprint is',
    fingerprint,
  ];
}
