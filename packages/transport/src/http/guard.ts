import { OperationError } from '../operation-error.js';
import type { Access } from '../operation.js';
import { createTokenCheck, type TokenOptions } from './token-check.js';

export type GuardOptions = TokenOptions & {
  /** Port the server listens on, asked anew for every request because it is known only once the server listens. */
  port: () => number;
  /** Names beside 127.0.0.1, localhost and [::1] that this server is reached by: `name` or `name:port`. */
  hosts?: readonly string[] | undefined;
};

export type Guard = {
  /**
   * Refuses what a web page could have sent.
   *
   * @throws OperationError `forbidden_host` or `forbidden_origin`.
   */
  refusePages(headers: Headers, path: string): void;
  /**
   * What the request's token allows, if that is enough.
   *
   * @throws OperationError `unauthorized` or `too_many_attempts`.
   */
  admit(headers: Headers, needed: Access): Access;
};

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

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

/** A page whose name was rebound to this address sends its own name: nothing but the Host header betrays it. */
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

/** Clients leave the port out where it is the default one. */
function hostHeaders(name: string, port: number): string[] {
  const lower = name.toLowerCase();
  if (hasPort.test(lower)) return [lower];
  return port === 80 ? [lower, `${lower}:80`] : [`${lower}:${port}`];
}

/**
 * Browsers send Origin with every request that is not a plain GET, and Sec-Fetch-Site with all of them to this
 * machine. `none` is an address that a person typed: harmless, because no GET has a side effect.
 */
function isFromPage(headers: Headers): boolean {
  if (headers.get('origin') !== null) return true;
  const site = headers.get('sec-fetch-site');
  return site !== null && site !== 'none';
}

/**
 * MCP requires servers to accept their own origin, which programs that are no browsers send. A browser would add
 * Sec-Fetch-Site, so a service worker that another server left behind on this port still gets nothing.
 */
const isMcpClient = (headers: Headers, path: string, host: string | null) =>
  path === '/mcp' && headers.get('sec-fetch-site') === null && headers.get('origin') === `http://${host}`;
