import { loopbackNames, OperationError } from '@escarp/contract';
import type { Access } from '../operation.js';
import { createTokenCheck, type TokenOptions } from './token-check.js';

/** Who may call the server, and under which names. */
export type GuardOptions = TokenOptions & {
  /** The port that the server listens on. Read for every request, because it is only known once the server listens. */
  port: () => number;
  /** More names of this server, as `name` or `name:port`, besides 127.0.0.1, localhost and [::1]. Default: none. */
  hosts?: readonly string[] | undefined;
};

export type Guard = {
  /**
   * Refuses requests that a web page could have sent.
   *
   * @throws OperationError `forbidden_host` or `forbidden_origin`.
   */
  refusePages(headers: Headers, path: string): void;
  /**
   * The access that the request's token gives, if it is enough for `needed`.
   *
   * @throws OperationError `unauthorized` or `too_many_attempts`.
   */
  admit(headers: Headers, needed: Access): Access;
};

export function createGuard(options: GuardOptions): Guard {
  const isOwnHost = createHostCheck(options);
  const admit = createTokenCheck(options);
  return {
    refusePages: (headers, path) => {
      const host = headers.get('host');
      if (!isOwnHost(host)) throw new OperationError('forbidden_host');
      if (isFromPage(headers) && !isMcpClient(headers, path, host))
        throw new OperationError('forbidden_origin');
    },
    admit: (headers, needed) => admit(headers.get('authorization'), needed),
  };
}

/** A page whose host name was rebound to this address (DNS rebinding) can only be recognised by its Host header. */
function createHostCheck({ port, hosts = [] }: GuardOptions): (host: string | null) => boolean {
  let knownPort: number | undefined;
  let own: ReadonlySet<string> = new Set();
  return (host) => {
    const portNow = port();
    if (portNow !== knownPort) {
      knownPort = portNow;
      own = new Set([...loopbackNames, ...hosts].flatMap((name) => hostHeaders(name, portNow)));
    }
    return host !== null && (own.has(host) || own.has(host.toLowerCase()));
  };
}

const hasPort = /[^:]:\d+$|\]:\d+$/;

/** Clients omit the default port. */
function hostHeaders(name: string, port: number): string[] {
  const lower = name.toLowerCase();
  if (hasPort.test(lower)) return [lower];
  return port === 80 ? [lower, `${lower}:80`] : [`${lower}:${port}`];
}

/**
 * Browsers send Origin with every request that is not a plain GET, and Sec-Fetch-Site with every request to this machine.
 * `none` means that a person typed the address, which is harmless because no GET has side effects.
 */
function isFromPage(headers: Headers): boolean {
  if (headers.get('origin') !== null) return true;
  const site = headers.get('sec-fetch-site');
  return site !== null && site !== 'none';
}

/**
 * MCP requires servers to accept their own origin, which programs other than browsers send. A browser would add
 * Sec-Fetch-Site, so a service worker that another server left behind on this port still gets nothing.
 */
const isMcpClient = (headers: Headers, path: string, host: string | null) =>
  path === '/mcp' && headers.get('sec-fetch-site') === null && headers.get('origin') === `http://${host}`;
