import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** Grants whatever is requested, one more slot each time, and can make callers continue at the same moment. */
export class LeaseStandIn {
  /** Those that it was sent. */
  readonly tokens: string[] = [];
  /** The paths that were asked for with GET. */
  readonly looks: string[] = [];
  /** For a command that shows more of a slot than is known here. */
  hasNoSlots = false;
  private readonly name: string;
  private readonly server: Server;
  private readonly answers = new EventEmitter();
  private count = 0;
  private slots = 0;
  private waiting: (() => void)[] = [];
  private together = { path: '', count: 0 };

  private constructor(name: string) {
    this.name = name;
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** Tokens begin with the name. */
  static async start(name = 'token'): Promise<LeaseStandIn> {
    const standIn = new LeaseStandIn(name);
    standIn.server.listen(0, '127.0.0.1');
    await once(standIn.server, 'listening');
    return standIn;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** No request whose path begins like this is answered before there are that many. */
  answerTogether(path: string, count: number): void {
    this.together = { path, count };
  }

  /** Resolves when that many leases have been granted or given back. */
  async answered(count: number): Promise<void> {
    while (this.count < count) await once(this.answers, 'one');
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') {
      this.looks.push(request.url ?? '');
      return void response.end(JSON.stringify(this.standing()));
    }
    const body = (await json(request)) as { readonly lease_token?: string; readonly holder?: string };
    if (body.lease_token !== undefined) this.tokens.push(body.lease_token);
    await this.turn(request.url ?? '');
    response.end(JSON.stringify(this.documentFor(request.url, body.holder)));
    this.count += 1;
    this.answers.emit('one');
  }

  private async turn(url: string): Promise<void> {
    const { path, count } = this.together;
    if (!url.startsWith(path) || count === 0) return;
    const turn = new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.waiting.length >= count) for (const resolve of this.waiting.splice(0)) resolve();
    await turn;
  }

  private documentFor(url: string | undefined, holder: string | undefined): object {
    if (url === '/acquire') return this.lease(this.slots++, holder);
    return url === '/heartbeat' ? this.lease(0, 'ada') : { slot: 0, state: 'free' };
  }

  private standing(): object {
    const { lease_token: _, ...slot } = this.lease(0, 'ada');
    return { version: '1', pool_size: 1, queue_length: 0, revision: 1, slots: this.hasNoSlots ? [] : [slot] };
  }

  private lease(slot: number, holder: string | undefined) {
    const plain = { slot, fence: slot + 1, holder: holder ?? null, state: 'leased', logins: [] };
    const expires = { expires_at: Date.now() / 1_000 + 60, heartbeat_interval_s: 20 };
    return { ...plain, ...expires, lease_token: `${this.name}-${slot}`, handle: `lease-${slot}`, ports: {} };
  }
}
