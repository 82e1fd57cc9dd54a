import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** What `--ignore-certificate-errors-spki-list` takes, so that Chrome counts the certificate as valid. */
  readonly spkiHash: string;
}

/** A self-signed certificate for `hosts`, made by the openssl of the machine. */
export async function makeCertificate(hosts: readonly string[]): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'esc-cert-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    const names = hosts.map((host) => `DNS:${host}`).join(',');
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
    const subject = [
      '-subj',
      '/CN=leak-site',
      '-addext',
      `subjectAltName=${names}`,
      '-days',
      '2',
      '-out',
      certFile,
    ];
    await promisify(execFile)('openssl', ['req', '-x509', ...newKey, ...subject]);
    const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
    const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
    return { key, cert, spkiHash: createHash('sha256').update(spki).digest('base64') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
