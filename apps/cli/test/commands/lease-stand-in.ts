import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** Grants whatever is requested, one more slot each time, and can make callers continue at the same moment. */
export class LeaseStandIn {
  private readonly server: Server;
  private readonly answers = new EventEmitter();
  private count = 0;
  private slots = 0;
  private waiting: (() => void)[] = [];
  private together = { path: '', count: 0 };

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<LeaseStandIn> {
    const standIn = new LeaseStandIn();
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
    const body = (await json(request)) as { readonly lease_token?: string; readonly holder?: string };
    await this.turn(request.url ?? '');
    response.setHeader('content-type', 'application/json');
    const document = request.url === '/acquire' ? this.lease(body.holder) : { slot: 0, state: 'free' };
    response.end(JSON.stringify(document));
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

  private lease(holder: string | undefined) {
    const slot = this.slots++;
    const plain = { slot, fence: slot + 1, holder: holder ?? null, state: 'leased', logins: [] };
    const expires = { expires_at: Date.now() / 1_000 + 60, heartbeat_interval_s: 20 };
    return { ...plain, ...expires, lease_token: `token-${slot}`, handle: `lease-${slot}`, ports: {} };
  }
}
