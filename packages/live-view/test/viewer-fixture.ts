import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { PublicEvent } from '@escarp/broker';
import {
  type DashboardFile,
  type LeaseOfSlot,
  openViewer,
  type Outcome,
  type PoolFacts,
  type SlotFacts,
  type StripSource,
  type Viewer,
} from '@escarp/live-view';
import { type PictureNews, type PictureRequest, readFrame, type PictureFrame } from '@escarp/live-view/wire';
import { WebSocket } from 'ws';

const operator = 'operator-credential-of-this-test';

/** A pool that says what a test wants it to. */
export class FakePool {
  facts: PoolFacts;
  readonly done: { call: string; lease?: LeaseOfSlot; result?: Outcome | object }[] = [];
  answers = true;
  #revision = 0;
  #wakes = new Set<() => void>();
  readonly #events: PublicEvent[] = [];

  constructor(slots: readonly Partial<SlotFacts>[]) {
    this.facts = {
      ...emptyPool,
      poolSize: slots.length,
      slots: slots.map((slot, at) => slotFacts(at, slot)),
    };
  }

  /** Changes a slot, as a step of the registry does, and has the journal say so. */
  change(slot: number, changes: Partial<SlotFacts>, event: PublicEvent['event'] = anEvent(slot)): void {
    this.#revision += 1;
    const slots = this.facts.slots.map((one) => (one.slot === slot ? { ...one, ...changes } : one));
    this.facts = { ...this.facts, slots, revision: this.#revision };
    this.#events.push({ revision: this.#revision, at: Date.now() / 1_000, event });
    for (const wake of this.#wakes) wake();
  }

  readonly source = {
    status: async (): Promise<PoolFacts> => {
      if (!this.answers) throw new Error('no daemon');
      return this.facts;
    },
    events: (from: number, signal: AbortSignal) => this.#follow(from, signal),
  };

  readonly control = {
    take: async (lease: LeaseOfSlot, result: object) => {
      this.done.push({ call: 'take', lease, result });
      this.change(lease.slot, { control: { by: 'human', since: Date.now() / 1_000 } });
    },
    handBack: async (lease: LeaseOfSlot, result: Outcome) => {
      this.done.push({ call: 'handBack', lease, result });
      this.change(lease.slot, { control: { by: 'agent', since: Date.now() / 1_000 } });
    },
    answer: async (id: string, result: Outcome) => void this.done.push({ call: `answer ${id}`, result }),
    decide: async (id: string, result: object) => void this.done.push({ call: `decide ${id}`, result }),
    leaseOf: async (token: string): Promise<LeaseOfSlot> => {
      const slot = this.facts.slots.find((one) => token === `token-of-${one.slot}`);
      if (slot === undefined) throw new Error('unknown token');
      return { slot: slot.slot, fence: slot.fence ?? 0 };
    },
  };

  async *#follow(from: number, signal: AbortSignal): AsyncGenerator<PublicEvent> {
    let next = from;
    while (!signal.aborted) {
      const event = this.#events.find(({ revision }) => revision >= next);
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          this.#wakes.add(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        continue;
      }
      next = event.revision + 1;
      yield event;
    }
  }
}

export interface ViewerFixture {
  readonly viewer: Viewer;
  readonly pool: FakePool;
  readonly log: { message: string; details: unknown }[];
  /** Opens a link, as the entry page does. */
  open(right: 'view' | 'control', slot?: number): Promise<OpenSession>;
  makeLink(body: object): Promise<Response>;
  /** Does what only an operator may. */
  operate(action: string, body: object): Promise<Response>;
  end(): Promise<void>;
}

const noStrips: StripSource = { list: async () => [], read: async () => undefined };

export async function startViewer(
  pool: FakePool,
  displaySocket: (slot: number) => Promise<string> = () => Promise.reject(new Error('no display')),
  strips: StripSource = noStrips,
): Promise<ViewerFixture> {
  const log: { message: string; details: unknown }[] = [];
  const viewer = await openViewer({
    source: pool.source,
    control: pool.control,
    displaySocket,
    strips,
    dashboard: new Map([['index.html', page('<title>dashboard</title>')]]),
    operatorCredential: operator,
    port: 0,
    ports: {
      wallMs: Date.now,
      monotonicMs: () => performance.now(),
      randomBytes: (size) => randomBytes(size),
      log: (message, details) => log.push({ message, details }),
    },
  });
  const operate = (action: string, body: object): Promise<Response> =>
    fetch(`${viewer.url}/operator/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operator}` },
      body: JSON.stringify(body),
    });
  const makeLink = (body: object): Promise<Response> => operate('links', body);
  const open = async (right: 'view' | 'control', slot?: number): Promise<OpenSession> => {
    const made = await makeLink({ right, ...(slot === undefined ? {} : { slot }) });
    const { urls }: { urls: string[] } = await made.json();
    const [base = '', link = ''] = urls[0]?.split('/#') ?? [];
    return redeem(base, link);
  };
  return { viewer, pool, log, open, makeLink, operate, end: () => viewer.close() };
}

/** A session as a browser has it: an address and a cookie. */
export class OpenSession {
  readonly base: string;
  readonly path: string;
  readonly setCookie: string;
  readonly #sockets: WebSocket[] = [];

  constructor(base: string, path: string, setCookie: string) {
    this.base = base;
    this.path = path;
    this.setCookie = setCookie;
  }

  get cookie(): string {
    return this.setCookie.split(';')[0] ?? '';
  }

  async get(route: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.base}${this.path}${route}`, { headers: { cookie: this.cookie, ...headers } });
  }

  async post(route: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
    const own = { cookie: this.cookie, origin: this.base, 'content-type': 'application/json' };
    const init = { method: 'POST', headers: { ...own, ...headers }, body: JSON.stringify(body) };
    return fetch(`${this.base}${this.path}${route}`, init);
  }

  socket(route: string, headers: Record<string, string> = {}, protocols: string[] = []): WebSocket {
    const url = `${this.base.replace('http', 'ws')}${this.path}${route}`;
    const socket = new WebSocket(url, protocols, {
      headers: { cookie: this.cookie, origin: this.base, ...headers },
    });
    socket.on('error', () => {});
    this.#sockets.push(socket);
    return socket;
  }

  async pictures(): Promise<PictureViewer> {
    const socket = this.socket('api/pictures');
    const viewer = new PictureViewer(socket);
    await once(socket, 'open');
    return viewer;
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}

export async function redeem(base: string, link: string): Promise<OpenSession> {
  const reply = await fetch(`${base}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({ link }),
  });
  if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);
  const { path }: { path: string } = await reply.json();
  return new OpenSession(base, path, reply.headers.get('set-cookie') ?? '');
}

/** What the dashboard does with the `pictures` socket, without drawing. */
export class PictureViewer {
  readonly socket: WebSocket;
  readonly frames: PictureFrame[] = [];
  readonly news: PictureNews[] = [];
  readonly closed: Promise<number>;
  /** Whether frames are acknowledged as soon as they come. */
  draws = true;
  #wakes = new Set<() => void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#take(data);
      else this.news.push(JSON.parse(data.toString()));
      for (const wake of this.#wakes) wake();
    });
    socket.once('close', () => {
      for (const wake of this.#wakes) wake();
    });
  }

  send(request: PictureRequest): void {
    this.socket.send(JSON.stringify(request));
  }

  watch(slot: number, more: { rate?: number; width?: number; height?: number; tab?: number } = {}): void {
    this.send({ type: 'watch', slots: [{ slot, width: 1280, height: 720, rate: 10, ...more }] });
  }

  shown({ slot, frame }: PictureFrame): void {
    this.send({ type: 'shown', slot, frame });
  }

  /** Resolves when `isSo`, which is asked after every message. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.socket.readyState > WebSocket.OPEN) throw new Error('The socket has closed.');
      await new Promise<void>((resolve) => {
        this.#wakes.add(resolve);
      });
      this.#wakes.clear();
    }
  }

  #take(data: Buffer): void {
    const frame = readFrame(new Uint8Array(data).buffer);
    if (frame === undefined) throw new Error('not a frame');
    this.frames.push(frame);
    if (this.draws) this.shown(frame);
  }
}

function page(html: string): DashboardFile {
  return { type: 'text/html; charset=utf-8', bytes: new TextEncoder().encode(html) };
}

function anEvent(slot: number): PublicEvent['event'] {
  return { type: 'resource-free', key: `slot-${slot}` };
}

const emptyPool: PoolFacts = {
  poolSize: 0,
  leaseTtlS: 60,
  reaperIntervalS: 2,
  slots: [],
  queueLength: 0,
  queue: [],
  version: '0.0.0-test',
  revision: 0,
};

function slotFacts(slot: number, given: Partial<SlotFacts>): SlotFacts {
  return {
    slot,
    state: 'free',
    tier: 'autonomous',
    holder: null,
    devPort: null,
    cdpPort: 1,
    cdpWsUrl: null,
    pid: null,
    acquiredAt: null,
    expiresAt: null,
    lastHeartbeat: null,
    suspectedStale: false,
    availableAfterS: null,
    retryAfterS: null,
    osWindowId: null,
    ownerPid: null,
    bounds: null,
    cdpWindowId: null,
    cdpTargetId: null,
    calibrationNote: null,
    cuaAppBundleId: null,
    cuaAppName: null,
    cuaAppPath: null,
    fence: null,
    resetPolicy: 'recycle',
    ports: { frontend: 3000, backend: 8000, postgres: 5432, cdp: 1 },
    display: null,
    displayAuthority: null,
    wmClass: null,
    headless: true,
    relaunchedAt: null,
    memoryBytes: 1_000_000,
    uptimeS: 1,
    lastError: null,
    ...given,
  };
}

/** A slot that somebody holds. */
export function leased(fence: number, more: Partial<SlotFacts> = {}): Partial<SlotFacts> {
  return { state: 'leased', holder: 'claude@shop', fence, acquiredAt: 1, expiresAt: 2, ...more };
}
