import { EventEmitter, once } from 'node:events';
import type { BrowserRecord, Devtools } from '../devtools.js';
import { recordOf, textOf } from '../devtools.js';

/** An icon that is there keeps the browser from asking the site for one. */
const emptyPage = Buffer.from('<!doctype html><link rel="icon" href="data:,"><title></title>').toString(
  'base64',
);

/** Long texts go to the page and come from it in pieces, because a message of DevTools must not be large. */
const pieceChars = 4_000_000;

/**
 * A page that no window shows, on which scripts of an origin run without that origin being asked for anything: every
 * request is answered here or refused, service workers included. It leaves no entry in the history, and ends with the
 * session of the connection that opened it.
 */
export class HiddenPage {
  readonly #devtools: Devtools;
  readonly #sessionId: string;
  #answered = '';

  private constructor(devtools: Devtools, sessionId: string) {
    this.#devtools = devtools;
    this.#sessionId = sessionId;
  }

  /** Opens one, uses it, and closes it whatever happened. */
  static async use<T>(devtools: Devtools, work: (page: HiddenPage) => Promise<T>): Promise<T> {
    const { targetId } = await devtools.send('Target.createTarget', {
      url: 'about:blank',
      hidden: true,
      background: true,
    });
    const attached = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new HiddenPage(devtools, textOf(attached, 'sessionId'));
    const unsubscribe = devtools.onEvent((method, params, sessionId) => {
      if (method === 'Fetch.requestPaused' && sessionId === page.#sessionId) page.#answer(params);
    });
    try {
      await page.#isolate();
      return await work(page);
    } finally {
      unsubscribe();
      await devtools.send('Target.closeTarget', { targetId }).catch(() => {});
    }
  }

  /** Goes to an empty page of the origin. */
  async visit(origin: string): Promise<void> {
    const url = `${origin}/`;
    this.#answered = url;
    await Promise.all([this.#loaded(), this.#navigate(url)]);
    const at = await this.#evaluate('location.origin');
    if (at !== origin) throw new Error(`An empty page of ${origin} turned out to be of ${String(at)}.`);
  }

  /**
   * Calls a function of `source` with a JSON argument, in the page, and resolves with its JSON result. `charsMax` limits
   * both; undefined is returned for a result that is longer.
   */
  async call(source: string, expression: string, argument: unknown, charsMax: number): Promise<unknown> {
    await this.#evaluate(`globalThis.escarpArgument = []; undefined`);
    const given = JSON.stringify(argument ?? null);
    for (let at = 0; at < given.length; at += pieceChars) {
      const piece = JSON.stringify(given.slice(at, at + pieceChars));
      await this.#evaluate(`escarpArgument.push(${piece}); undefined`);
    }
    const length = await this.#evaluate(`(async () => {
      ${source}
      const argument = JSON.parse(escarpArgument.join(''));
      globalThis.escarpResult = JSON.stringify((await ${expression}) ?? null);
      return escarpResult.length;
    })()`);
    if (Number(length) > charsMax) return undefined;
    return JSON.parse(await this.#result(Number(length)));
  }

  async #result(length: number): Promise<string> {
    const pieces: string[] = [];
    for (let at = 0; at < length; at += pieceChars)
      pieces.push(String(await this.#evaluate(`escarpResult.slice(${at}, ${at + pieceChars})`)));
    return pieces.join('');
  }

  async #isolate(): Promise<void> {
    await Promise.all([
      this.#send('Page.enable'),
      this.#send('Network.enable'),
      this.#send('Network.setBypassServiceWorker', { bypass: true }),
      this.#send('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
    ]);
  }

  #answer(paused: BrowserRecord): void {
    const { requestId } = paused;
    const isThePage = textOf(recordOf(paused, 'request'), 'url') === this.#answered;
    const answer = isThePage
      ? this.#send('Fetch.fulfillRequest', {
          requestId,
          responseCode: 200,
          responseHeaders: [{ name: 'content-type', value: 'text/html' }],
          body: emptyPage,
        })
      : this.#send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    // A request that has been given up meanwhile needs no answer.
    answer.catch(() => {});
  }

  async #navigate(url: string): Promise<void> {
    const { errorText } = await this.#send('Page.navigate', { url });
    if (typeof errorText === 'string')
      throw new Error(`An empty page at ${url} could not be made: ${errorText}`);
  }

  async #loaded(): Promise<void> {
    const news = new EventEmitter<{ loaded: [] }>();
    const unsubscribe = this.#devtools.onEvent((method, _params, sessionId) => {
      if (method === 'Page.loadEventFired' && sessionId === this.#sessionId) news.emit('loaded');
    });
    const ended = this.#devtools.closed.then(() => {
      throw new Error('The connection to the browser ended.');
    });
    await Promise.race([once(news, 'loaded'), ended]).finally(unsubscribe);
  }

  async #evaluate(expression: string): Promise<unknown> {
    const answer = await this.#send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    const thrown = recordOf(answer, 'exceptionDetails');
    if ('exceptionDetails' in answer)
      throw new Error(`The browser's storage could not be used: ${nameOfError(thrown)}`);
    return recordOf(answer, 'result')['value'];
  }

  #send(method: string, params: BrowserRecord = {}): Promise<BrowserRecord> {
    return this.#devtools.send(method, params, this.#sessionId);
  }
}

/** The name alone: the message may quote what is stored. */
function nameOfError(details: BrowserRecord): string {
  return textOf(recordOf(details, 'exception'), 'className') || 'an error';
}
