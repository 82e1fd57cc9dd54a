import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer, type Server as TlsServer } from 'node:https';
import { listen, serverLimits } from '@escarp/transport';
import { Refusal } from '../refusal.js';
import { boundAddress } from './network-address.js';
import type { NetworkAddress } from './operator-routes.js';

const handshakeMs = 10_000;

/** The addresses beyond loopback at which the viewer serves, by TLS alone. */
export class NetworkListeners {
  readonly #attach: (server: Server, name: string) => void;
  readonly #byName = new Map<string, { readonly server: TlsServer; readonly url: string }>();

  /** `attach` lets a server answer to a name, which is the only one by which it may be called. */
  constructor(attach: (server: Server, name: string) => void) {
    this.#attach = attach;
  }

  get urls(): readonly string[] {
    return [...this.#byName.values()].map(({ url }) => url);
  }

  get servers(): readonly Server[] {
    return [...this.#byName.values()].map(({ server }) => server);
  }

  /**
   * Serves at an address, and resolves with its URL. Where it serves already, the certificate is replaced: connections that
   * are open stay.
   *
   * @throws Refusal 400 when the address or the certificate is of no use.
   */
  async add({ address, tlsCert, tlsKey }: NetworkAddress, port: number): Promise<string> {
    const { name, host } = await boundAddress(address);
    try {
      const certificate = { cert: await readFile(tlsCert), key: await readFile(tlsKey) };
      const known = this.#byName.get(name);
      if (known !== undefined) {
        known.server.setSecureContext(certificate);
        return known.url;
      }
      const server = createServer({ ...serverLimits, ...certificate, handshakeTimeout: handshakeMs });
      this.#attach(server, name);
      const url = `https://${name}:${await listen(server, host, port)}`;
      this.#byName.set(name, { server, url });
      return url;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Refusal(400, 'bad_request', `The viewer cannot serve at ${address}: ${why}.`);
    }
  }
}
