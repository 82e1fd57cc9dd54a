import { EventEmitter, once } from 'node:events';
import { connectDevtools } from '../devtools/devtools-connection.js';
import type { ConnectOptions, DevtoolsConnection } from '../devtools/devtools-connection.js';
import { pageIds } from '../devtools/page-ids.js';
import { textOf } from '../plain-data.js';
import type { ProcessStamp, ProcessTable } from '@escarp/child-process';
import { browserFamily } from '../process/slot-processes.js';

/** Why a page is useless although its browser is alive: its renderer crashed, or was stopped by SIGSTOP. */
export type PageFault = 'page_crashed' | 'page_stopped';

/**
 * The health of the pages of a browser that nobody drives, as shown by their processes: under a holder, pages come and
 * go, and so do their processes. Chrome's own events would report crashes too, but also every change of a title.
 */
export class PageHealth {
  readonly #processes: ProcessTable;
  readonly #browser: ProcessStamp;
  #renderers: readonly number[] = [];
  #hasLooked = false;

  constructor(processes: ProcessTable, browser: ProcessStamp) {
    this.#processes = processes;
    this.#browser = browser;
  }

  /** Remembers which processes show pages now. */
  async follow(): Promise<void> {
    await this.#findRenderers();
    this.#hasLooked = false;
  }

  /** What the processes alone show. */
  async fault(): Promise<PageFault | undefined> {
    return (await this.#entries()).some((entry) => entry?.isStopped) ? 'page_stopped' : undefined;
  }

  /** The same, and whether the first page answers, which is asked only when a renderer has ended. */
  async look(doesFirstPageAnswer: () => Promise<boolean>): Promise<PageFault | undefined> {
    // A page's process may start after its browser listens.
    if (!this.#hasLooked) await this.#findRenderers();
    this.#hasLooked = true;
    const fault = await this.fault();
    if (fault !== undefined || !(await this.isRendererGone())) return fault;
    if (!(await doesFirstPageAnswer())) return 'page_crashed';
    await this.#findRenderers();
    return undefined;
  }

  /** Whether a renderer has ended since it was seen. Chrome itself ends those it only kept in reserve. */
  async isRendererGone(): Promise<boolean> {
    return (await this.#entries()).includes(undefined);
  }

  async #findRenderers(): Promise<void> {
    const entries = await browserFamily(this.#processes, this.#browser);
    this.#renderers = entries
      .filter(({ commandLine }) => commandLine.includes(' --type=renderer '))
      .map(({ pid }) => pid);
  }

  #entries() {
    return Promise.all(this.#renderers.map((pid) => this.#processes.state(pid)));
  }
}

/** Whether a browser's first page evaluates. Also false if the browser itself does not answer in time. */
export async function firstPageAnswers(wsUrl: string, options: ConnectOptions): Promise<boolean> {
  try {
    const connection = await connectDevtools(wsUrl, options);
    try {
      const [targetId] = await pageIds(connection);
      // A browser without a page is given one by its watch.
      return targetId === undefined || (await pageAnswers(connection, targetId));
    } finally {
      connection.close();
    }
  } catch {
    return false;
  }
}

/**
 * Whether the page evaluates within the time that a call on this connection may take. A crashed one never does. The session
 * that this takes ends with the connection.
 */
export async function pageAnswers(connection: DevtoolsConnection, targetId: string): Promise<boolean> {
  const news = new EventEmitter();
  const crashed = once(news, 'crashed').then(() => false);
  const unsubscribe = connection.onEvent((method) => {
    if (method === 'Inspector.targetCrashed') news.emit('crashed');
  });
  try {
    const attached = await connection.send('Target.attachToTarget', { targetId, flatten: true });
    const sessionId = textOf(attached, 'sessionId');
    const answered = connection.send('Runtime.evaluate', { expression: '1' }, sessionId).then(
      () => true,
      () => false,
    );
    await connection.send('Inspector.enable', {}, sessionId);
    return await Promise.race([crashed, answered]);
  } finally {
    unsubscribe();
  }
}
