import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { Refusal } from '../refusal.js';

/** One address of this machine, and how browsers call it. */
export interface BoundAddress {
  /** As it stands in `Host` and in links, without a port. */
  readonly name: string;
  /** To listen on. */
  readonly host: string;
}

const everyAddress: ReadonlySet<string | undefined> = new Set(['0.0.0.0', '[::]', '[::ffff:0:0]']);

/**
 * The one address that an IP address or the name of a host stands for.
 *
 * @throws Refusal 400 for what is no such name, stands for every address at once, or cannot be looked up.
 */
export async function boundAddress(given: string): Promise<BoundAddress> {
  const name = nameInUrls(given);
  if (name === undefined)
    throw refused(`${given} is neither an address of this machine nor the name of one.`);
  const host = await lookup(name.replaceAll(/[[\]]/g, '')).then(
    ({ address }) => address,
    () => undefined,
  );
  if (host === undefined) throw refused(`The name ${given} cannot be looked up.`);
  if (everyAddress.has(name) || everyAddress.has(nameInUrls(host))) {
    throw refused('Name one address or host: the viewer answers to that name alone.');
  }
  return { name, host };
}

/** As browsers write it, however it was spelled. */
function nameInUrls(given: string): string | undefined {
  const authority = isIPv6(given) ? `[${given}]` : given;
  const url = URL.canParse(`https://${authority}`) ? new URL(`https://${authority}`) : undefined;
  return url?.href === `https://${url?.hostname}/` ? url.hostname : undefined;
}

function refused(message: string): Refusal {
  return new Refusal(400, 'bad_request', message);
}
