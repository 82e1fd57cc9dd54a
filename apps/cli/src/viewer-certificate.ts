import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { readPrivateFile } from '@escarp/broker/home';
import { runCommand } from '@escarp/child-process';
import { OwnedFolder, writeFileAtomically } from '@escarp/owned-files';
import type { Arguments } from './arguments.js';
import type { Cli } from './cli.js';
import { CommandError } from './command-error.js';

/** What an address is served with: paths of PEM files. */
export interface ViewerCertificate {
  readonly tlsCert: string;
  readonly tlsKey: string;
  /** SHA-256 of a certificate that escarp has made itself, by which a person recognises it in a browser's warning. */
  readonly fingerprint: string | undefined;
}

/** The certificate that was given, or else one of escarp's own for this address alone, kept in the state directory. */
export async function viewerCertificate(
  cli: Cli,
  args: Arguments,
  address: string,
): Promise<ViewerCertificate> {
  const given = args.text('tls-cert');
  if (given !== undefined) {
    const tlsKey = resolve(cli.cwd, args.required('tls-key'));
    return { tlsCert: resolve(cli.cwd, given), tlsKey, fingerprint: undefined };
  }
  const path = join(cli.settings.home, 'tls', `${address.toLowerCase().replaceAll(':', '_')}.pem`);
  const certificate = (await usableNow(cli, path)) ?? (await make(cli, address, path));
  return { tlsCert: path, tlsKey: path, fingerprint: certificate.fingerprint256 };
}

const pemBytesMax = 10_000;
const daysValid = 365;
const dayMs = 24 * 3_600_000;

/** One that a browser may have been told to trust is kept until a day before it expires. */
async function usableNow({ clocks }: Cli, path: string): Promise<X509Certificate | undefined> {
  const pem = await readPrivateFile(path, pemBytesMax).catch(() => undefined);
  if (pem === undefined) return undefined;
  const certificate = certificateIn(pem);
  const isValid = certificate !== undefined && Date.parse(certificate.validTo) > clocks.wallMs() + dayMs;
  return isValid ? certificate : undefined;
}

/** Its key is written nowhere but to the one file, which nobody else can read. */
async function make({ settings, clocks }: Cli, address: string, path: string): Promise<X509Certificate> {
  const { stdout } = await runCommand('openssl', ['req', '-x509', ...wishes(address)], { timeoutMs: 30_000 });
  const certificate = certificateIn(stdout);
  if (certificate === undefined) {
    const hint = 'Install openssl, or give a certificate of your own with --tls-cert and --tls-key.';
    throw new CommandError('certificate_not_made', `openssl made no certificate for ${address}.`, hint);
  }
  const home = await OwnedFolder.open(settings.home);
  await home
    .makeFolder('tls')
    .then((folder) => folder.close())
    .finally(() => home.close());
  await writeFileAtomically(path, stdout, clocks.newId);
  return certificate;
}

/** It vouches for this address alone, and for no other certificate. */
function wishes(address: string): string[] {
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout -';
  const use = '-addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth';
  const name = isIP(address) === 0 ? `DNS:${address}` : `IP:${address}`;
  return [
    ...`${key} ${use} -days ${daysValid} -addext subjectAltName=${name}`.split(' '),
    '-subj',
    '/CN=escarp viewer',
  ];
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
