import { messageOf } from '@escarp/contract';
import type { Report, Request } from '../messages.js';
import { untilWorkerLeaves } from './worker-connection.js';
import { openOwnContexts } from './own-contexts.js';
import type { PlaywrightLibrary } from './playwright-library.js';

/** A browser that a worker can connect to. */
interface Offer {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

/** Offers leased browsers to workers by the suite's own library, one a worker, and takes each back when the worker goes. */
export class BrowserDesk {
  readonly #playwright: PlaywrightLibrary;
  readonly #report: (report: Report) => void;
  readonly #offers = new Map<string, Offer>();

  constructor(playwright: PlaywrightLibrary, report: (report: Report) => void) {
    this.#playwright = playwright;
    this.#report = report;
  }

  /** Never rejects: what goes wrong is reported. */
  async serve(request: Request): Promise<void> {
    if (request.type === 'end') return this.#end(request.id);
    const { id } = request;
    try {
      const offer = request.type === 'bind' ? await this.#bind(request) : await this.#launch(request);
      this.#offers.set(id, offer);
      void untilWorkerLeaves(offer.endpoint).then(() => this.#end(id));
      this.#report({ type: 'ready', id, endpoint: offer.endpoint });
    } catch (error) {
      this.#report({ type: 'failed', id, message: messageOf(error) });
    }
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#offers.keys()].map((id) => this.#end(id)));
  }

  async #bind({ cdpWsUrl, title }: Request & { type: 'bind' }): Promise<Offer> {
    const view = await openOwnContexts(cdpWsUrl);
    try {
      // What it would set for the tab that the slot has anyway is nobody's wish. A machine can be busy for longer than any time
      // limit, and a browser that never answers is replaced.
      const options = { noDefaults: true, timeout: 0 };
      const browser = await this.#playwright.chromium.connectOverCDP(view.url, options);
      const { endpoint } = await browser.bind(title, { host: '127.0.0.1', port: 0 });
      const close = async (): Promise<void> => {
        // A browser that hangs could not be asked to close its contexts; without their client it disposes of them.
        view.close();
        await browser.close().catch(() => {});
      };
      return { endpoint, close };
    } catch (error) {
      view.close();
      throw error;
    }
  }

  async #launch({ engine, launchOptions }: Request & { type: 'launch' }): Promise<Offer> {
    const server = await this.#playwright[engine].launchServer({
      ...launchOptions,
      host: '127.0.0.1',
      port: 0,
    });
    return { endpoint: server.wsEndpoint(), close: () => server.close() };
  }

  async #end(id: string): Promise<void> {
    const offer = this.#offers.get(id);
    if (!this.#offers.delete(id)) return;
    await offer?.close();
    this.#report({ type: 'gone', id });
  }
}
