import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer, type Server as TlsServer } from 'node:https';
import { messageOf } from '@escarp/contract';
import { isCode, systemReason } from '@escarp/owned-files';
import { listen, serverLimits } from '@escarp/transport';
import { Refusal } from '../refusal.js';
import { boundAddress } from './network-address.js';
import type { NetworkAddress } from './operator-routes.js';

const handshakeMs = 10_000;

/** What a viewer's servers on the network need. */
export interface NetworkListenersOptions {
  /** Lets a server answer to a name, which is the only one by which it may be called. */
  readonly attach: (server: Server, name: string) => void;
  /** Told of connections that cannot be accepted; the server goes on. */
  readonly onError: (error: Error) => void;
}

/** The addresses beyond loopback at which the viewer serves, by TLS alone. */
export class NetworkListeners {
  readonly #options: NetworkListenersOptions;
  readonly #byName = new Map<string, { readonly server: TlsServer; readonly url: string }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: NetworkListenersOptions) {
    this.#options = options;
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
   * @throws Refusal 400 when the address or the certificate is of no use, or the port is in use there.
   */
  add(wanted: NetworkAddress, port: number): Promise<string> {
    // In turn: whoever asks for an address that is about to be served is to be told its URL.
    const added = this.#last.then(() => this.#add(wanted, port));
    this.#last = added.catch(() => {});
    return added;
  }

  async #add({ address, tlsCert, tlsKey }: NetworkAddress, port: number): Promise<string> {
    const { name, host } = await boundAddress(address);
    try {
      const certificate = { cert: await readPem(tlsCert), key: await readPem(tlsKey) };
      const known = this.#byName.get(name);
      if (known !== undefined) {
        known.server.setSecureContext(certificate);
        return known.url;
      }
      const server = createServer({ ...serverLimits, ...certificate, handshakeTimeout: handshakeMs });
      const { attach, onError } = this.#options;
      attach(server, name);
      const url = `https://${name}:${await listen(server, { host, port, onError })}`;
      this.#byName.set(name, { server, url });
      return url;
    } catch (error) {
      throw refusal(address, port, error);
    }
  }
}

async function readPem(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new Refusal(
      400,
      'bad_request',
      `${path} cannot be read: ${systemReason(error)}.`,
      'Name a certificate and its key, both in PEM, with --tls-cert and --tls-key.',
    );
  });
}

function refusal(address: string, port: number, error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (isCode(error, 'EADDRINUSE')) {
    return new Refusal(
      400,
      'bad_request',
      `The viewer cannot serve at ${address}: port ${port} is in use there.`,
      'Free the port, or stop the viewer with escarp view --stop and start it with ESCARP_VIEW_PORT set to another.',
    );
  }
  if (isCode(error, 'EADDRNOTAVAIL')) {
    return new Refusal(
      400,
      'bad_request',
      `The viewer cannot serve at ${address}: this machine does not have that address.`,
      'Name an address of this machine in the network that the phone is in.',
    );
  }
  const why = messageOf(error);
  return new Refusal(400, 'bad_request', `The viewer cannot serve at ${address}: ${why}.`);
}
