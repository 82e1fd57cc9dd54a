import type { Devtools } from '@escarp/test-support';

/**
 * A tab that is driven over bare DevTools. Whoever is told of every request and frame of a hostile page, as Playwright is,
 * makes the browser work as much as the attack itself does.
 */
export class BareTab {
  readonly #devtools: Devtools;
  readonly #targetId: string;
  readonly #sessionId: string;

  private constructor(devtools: Devtools, targetId: string, sessionId: string) {
    this.#devtools = devtools;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
  }

  /** Opens what is at the address, and resolves when it is loaded. */
  static async open(devtools: Devtools, address: string): Promise<BareTab> {
    const tab = await BareTab.#blank(devtools);
    await tab.#load(address);
    return tab;
  }

  /** Opens this document at an address that does not serve it, as if it had once been served there. */
  static async openDocumentAt(devtools: Devtools, address: string, document: string): Promise<BareTab> {
    const tab = await BareTab.#blank(devtools);
    await tab.#send('Fetch.enable', { patterns: [{ urlPattern: address }] });
    const paused = devtools.next('Fetch.requestPaused', tab.#sessionId);
    await Promise.all([tab.#load(address), paused.then(({ requestId }) => tab.#serve(requestId, document))]);
    await tab.#send('Fetch.disable');
    return tab;
  }

  /** What the function, as text in the page, resolves with. As if a person had just clicked. */
  async evaluate<A, R>(work: (argument: A) => R | Promise<R>, argument: A): Promise<R> {
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', {
      expression: `(${String(work)})(${JSON.stringify(argument)})`,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the function returned, as JSON.
    return (result as { value: R }).value;
  }

  async close(): Promise<void> {
    await this.#devtools.send('Target.closeTarget', { targetId: this.#targetId });
  }

  static async #blank(devtools: Devtools): Promise<BareTab> {
    const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
    return new BareTab(devtools, String(targetId), String(sessionId));
  }

  async #load(address: string): Promise<void> {
    await this.#send('Page.enable');
    const loaded = this.#devtools.next('Page.loadEventFired', this.#sessionId);
    await this.#send('Page.navigate', { url: address });
    await loaded;
    await this.#send('Page.disable');
  }

  #serve(requestId: unknown, document: string): Promise<unknown> {
    const responseHeaders = [{ name: 'content-type', value: 'text/html' }];
    const body = Buffer.from(document).toString('base64');
    return this.#send('Fetch.fulfillRequest', { requestId, responseCode: 200, responseHeaders, body });
  }

  #send(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.#devtools.send(method, params, this.#sessionId);
  }
}
