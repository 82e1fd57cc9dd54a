import type { DevtoolsConnection } from '../devtools/devtools-connection.js';
import { listTargets } from '../devtools/list-targets.js';
import { textOf } from '../plain-data.js';
import type { ProcessTable } from '../process/process-table.js';
import { slotProcesses } from '../process/slot-processes.js';
import type { SlotPaths } from '../slot-paths.js';

/** Why a page is of no use although its browser lives: its renderer crashed, or got SIGSTOP. */
export type PageFault = 'page_crashed' | 'page_stopped';

/**
 * What happened to the pages of one run of a browser, as far as that can be told without touching a page. It is about
 * a browser that nobody drives: under a holder pages come and go, and so do their processes.
 */
export class PageHealth {
  readonly #processes: ProcessTable;
  readonly #paths: SlotPaths;
  readonly #crashed = new Set<string>();
  #renderers: readonly number[] = [];
  #hasLooked = false;

  constructor(processes: ProcessTable, paths: SlotPaths) {
    this.#processes = processes;
    this.#paths = paths;
  }

  /** Has the browser tell of crashes on this connection, and remembers which processes show its pages. */
  async follow(connection: DevtoolsConnection, mayTouch: boolean): Promise<void> {
    connection.onEvent((method, params) => {
      if (method === 'Target.targetCrashed') this.#crashed.add(textOf(params, 'targetId'));
      if (method === 'Target.targetDestroyed') this.#crashed.delete(textOf(params, 'targetId'));
    });
    await connection.send('Target.setDiscoverTargets', { discover: true, filter: [{ type: 'page' }] });
    await this.#findRenderers();
    this.#hasLooked = false;
    // Crashes are told from now on; one of before shows in the page itself, which is not for us to touch under a holder.
    if (mayTouch && (await isFirstPageCrashed(connection))) this.#crashed.add('first');
  }

  /** What the browser has told by now. */
  crash(): PageFault | undefined {
    return this.#crashed.size > 0 ? 'page_crashed' : undefined;
  }

  /** The same, and what a look at the processes tells. */
  async fault(): Promise<PageFault | undefined> {
    const entries = await this.#entries();
    return this.crash() ?? (entries.some((entry) => entry?.isStopped) ? 'page_stopped' : undefined);
  }

  /** The same, from time to time. The first page's process may start after its browser listens, so it looks for it anew. */
  async look(): Promise<PageFault | undefined> {
    if (!this.#hasLooked) await this.#findRenderers();
    this.#hasLooked = true;
    return this.fault();
  }

  /** Whether a renderer has ended of which no crash was told yet. Chrome itself ends those it only kept in reserve. */
  async isRendererGone(): Promise<boolean> {
    return (await this.#entries()).includes(undefined);
  }

  async #findRenderers(): Promise<void> {
    const entries = await slotProcesses(this.#processes, this.#paths);
    this.#renderers = entries
      .filter(({ commandLine }) => commandLine.includes(' --type=renderer '))
      .map(({ pid }) => pid);
  }

  #entries() {
    return Promise.all(this.#renderers.map((pid) => this.#processes.state(pid)));
  }
}

/** Whether the first page answers in the time that a call on this connection may take. One that crashed never does. */
export async function doesFirstPageAnswer(connection: DevtoolsConnection): Promise<boolean> {
  const crashed = new Promise<false>((resolve) => {
    connection.onEvent((method) => method === 'Inspector.targetCrashed' && resolve(false));
  });
  const sessionId = await attachToFirstPage(connection);
  // A browser without a page is given one by its watch.
  if (sessionId === undefined) return true;
  const answered = connection.send('Runtime.evaluate', { expression: '1' }, sessionId).then(
    () => true,
    () => false,
  );
  await connection.send('Inspector.enable', {}, sessionId);
  return Promise.race([crashed, answered]);
}

/** Whether the browser says so at once; a page that does not answer is not waited for. */
async function isFirstPageCrashed(connection: DevtoolsConnection): Promise<boolean> {
  let isCrashed = false;
  connection.onEvent((method) => (isCrashed ||= method === 'Inspector.targetCrashed'));
  const sessionId = await attachToFirstPage(connection);
  if (sessionId === undefined) return false;
  // The browser answers this itself, and tells of a crash first.
  await connection.send('Inspector.enable', {}, sessionId);
  await connection.send('Target.detachFromTarget', { sessionId });
  return isCrashed;
}

async function attachToFirstPage(connection: DevtoolsConnection): Promise<string | undefined> {
  const targets = await listTargets(connection);
  const page = targets.find(({ type }) => type === 'page');
  if (page === undefined) return undefined;
  const params = { targetId: textOf(page, 'targetId'), flatten: true };
  return textOf(await connection.send('Target.attachToTarget', params), 'sessionId');
}
