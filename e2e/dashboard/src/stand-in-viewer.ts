import { createReadStream, existsSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { frameHeader, viewerPaths } from '@escarp/live-view/wire';
import type {
  PictureNews,
  PictureRequest,
  PoolFigures,
  SessionEnd,
  SlotInput,
  SlotStrip,
  Timeline,
  ViewerState,
  WatchedSlot,
} from '@escarp/live-view/wire';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

const files = join(dirname(createRequire(import.meta.url).resolve('@escarp/dashboard/package.json')), 'dist');
const base = '/s/stand-in/';

/** The policy that the dashboard has to do with. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export interface Told {
  readonly state: ViewerState;
  readonly timeline: Timeline;
  readonly figures: PoolFigures;
  readonly strips?: readonly SlotStrip[];
}

/**
 * Speaks the wire as the viewer server does, and fails on command in ways that the real one cannot be made to at a
 * chosen moment: a lost link, an ended session, a refusal.
 */
export class StandInViewer {
  told: Told;
  /** What was posted, the oldest first. */
  readonly posted: { readonly path: string; readonly body: unknown }[] = [];
  readonly inputs: SlotInput[] = [];
  watched: readonly WatchedSlot[] = [];
  /** Frames that the page says it has drawn. */
  shown = 0;
  /** Answers of the API, in place of what it would say. */
  refuseWith: { status: number; error: string; message: string; hint?: string } | undefined;
  /** The link that it makes. */
  link = { url: 'http://127.0.0.1:7880/#token', expiresAt: Date.now() / 1_000 + 300 };
  /** Every picture of every strip. */
  shot: Buffer = Buffer.alloc(0);
  isReachable = true;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();
  readonly #sockets = new Set<Socket>();
  readonly #viewers = new Set<WebSocket>();
  readonly #changed = new Set<() => void>();
  #frame = 0;

  private constructor(told: Told) {
    this.told = told;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      if (!this.isReachable) socket.destroy();
    });
    const pictures = new WebSocketServer({ noServer: true });
    this.#server.on('upgrade', (request, socket, head) => {
      if (request.url !== base + viewerPaths.pictures) socket.destroy();
      else pictures.handleUpgrade(request, socket, head, (opened) => this.#follow(opened));
    });
  }

  static async start(told: Told): Promise<StandInViewer> {
    const viewer = new StandInViewer(told);
    viewer.#server.listen(0, '127.0.0.1');
    await once(viewer.#server, 'listening');
    return viewer;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}${base}`;
  }

  /** Changes what is told, and tells it. */
  tell(change: Partial<ViewerState>): void {
    this.told = { ...this.told, state: { ...this.told.state, ...change } };
    for (const stream of this.#streams) this.#send(stream, 'state', this.told.state);
  }

  end(end: SessionEnd): void {
    this.refuseWith = { status: 401, error: 'session_ended', message: 'The session has ended.' };
    for (const stream of this.#streams) this.#send(stream, 'ended', end);
  }

  /** Sends a picture to whoever watches the slot. */
  picture(slot: number, jpeg: Buffer, size: { pageWidth: number; pageHeight: number }): void {
    if (!this.watched.some((watched) => watched.slot === slot)) return;
    const header = frameHeader({ slot, frame: ++this.#frame, ...size, drawnAtMs: Date.now() });
    for (const viewer of this.#viewers) viewer.send(Buffer.concat([header, jpeg]));
  }

  news(news: PictureNews): void {
    for (const viewer of this.#viewers) viewer.send(JSON.stringify(news));
  }

  /** Cuts every connection, as a link that goes away does. */
  cut(): void {
    this.isReachable = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when something that the page sent makes `holds` true. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => this.#changed.add(resolve));
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #follow(viewer: WebSocket): void {
    this.#viewers.add(viewer);
    viewer.on('close', () => {
      this.#viewers.delete(viewer);
      this.watched = [];
      this.#tellWaiting();
    });
    viewer.on('message', (message: Buffer) => {
      const request: PictureRequest = JSON.parse(message.toString());
      if (request.type === 'watch') this.watched = request.slots;
      else if (request.type === 'shown') this.shown++;
      else this.inputs.push(request);
      this.#tellWaiting();
    });
  }

  #tellWaiting(): void {
    for (const resolve of this.#changed) resolve();
    this.#changed.clear();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('content-security-policy', policy);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in');
    const path = pathname.slice(base.length);
    if (!path.startsWith('api/')) return this.#sendFile(path === '' ? 'index.html' : path, response);
    if (this.refuseWith !== undefined) {
      const { status, ...error } = this.refuseWith;
      return void response.writeHead(status).end(JSON.stringify(error));
    }
    if (request.method === 'POST') return void this.#take(path, request, response);
    if (path === viewerPaths.stateStream) return this.#stream(response);
    const [, , slot = '', , fence] = path.split('/');
    if (path.startsWith('api/slots/')) return this.#sendStrip(Number(slot), fence, response);
    const { state, figures } = this.told;
    const timeline = this.#timeline(searchParams.get('slot'));
    const body = {
      [viewerPaths.state]: state,
      [viewerPaths.timeline]: timeline,
      [viewerPaths.figures]: figures,
    }[path];
    return void response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body));
  }

  #sendStrip(slot: number, fence: string | undefined, response: ServerResponse): void {
    if (fence !== undefined) return void response.setHeader('content-type', 'image/jpeg').end(this.shot);
    response.end(JSON.stringify((this.told.strips ?? []).filter((strip) => strip.slot === slot)));
  }

  async #take(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = await request.toArray();
    this.posted.push({ path, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.end(JSON.stringify(path === viewerPaths.links ? this.link : {}));
    this.#tellWaiting();
  }

  #timeline(wanted: string | null): Timeline {
    const { timeline } = this.told;
    if (wanted === null) return timeline;
    const isWanted = ({ slot }: { slot: number | null }): boolean => slot === Number(wanted);
    return { ...timeline, slots: timeline.slots.filter(isWanted), events: timeline.events.filter(isWanted) };
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.#streams.add(response);
    response.once('close', () => this.#streams.delete(response));
    this.#send(response, 'state', this.told.state);
  }

  #send(stream: ServerResponse, event: string, data: object): void {
    stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #sendFile(name: string, response: ServerResponse): void {
    const path = join(files, name);
    if (name.includes('/') || !existsSync(path)) return void response.writeHead(404).end();
    response.setHeader('content-type', contentTypes[extname(name)] ?? 'text/plain; charset=utf-8');
    createReadStream(path).pipe(response);
  }
}
