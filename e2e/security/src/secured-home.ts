import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EscarpHome } from '../../src/escarp-home.js';
import { makeEscarpHome } from '../../src/escarp-home.js';

export const chromiumPath = process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium';

/** A pool whose browser is a shell script: what it does for all slots, or for one. */
export async function makeHomeWithBrowser(
  size: number,
  script: string,
  env: Record<string, string> = {},
): Promise<EscarpHome> {
  const home = await makeEscarpHome(size, env);
  const browser = join(home.path, '..', 'browser');
  await writeFile(browser, `#!/bin/sh\n${script}\n`);
  await chmod(browser, 0o755);
  home.env['ESCARP_CFT_BINARY'] = browser;
  return home;
}

/** Some of these attacks Chrome would stop by itself; what is attacked here is escarp. */
export const localNetworkOpen = '--disable-features=LocalNetworkAccessChecks';

/** Chrome takes names that end in `.example` for this machine's, as after an attack on the name server. */
export const exampleIsHere = `exec '${chromiumPath}' '--host-resolver-rules=MAP *.example 127.0.0.1' "$@"`;

/** A grant as the plain HTTP interface answers it. */
export interface Grant {
  readonly leaseToken: string;
  readonly slot: number;
  readonly cdpWsUrl: string;
  readonly cdpPort: number;
}

export async function acquireSlot(home: EscarpHome, body: Record<string, unknown>): Promise<Grant> {
  const { status, body: grant } = await home.post('/acquire', body);
  if (status !== 200) throw new Error(`acquire: ${JSON.stringify(grant)}`);
  return {
    leaseToken: String(grant['lease_token']),
    slot: Number(grant['slot']),
    cdpWsUrl: String(grant['cdp_ws_url']),
    cdpPort: Number(grant['cdp_port']),
  };
}
