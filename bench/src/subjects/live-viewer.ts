import { readFile } from 'node:fs/promises';
import { WebSocket } from 'undici';
import { readFrame } from '@escarp/live-view/wire';
import type { EscarpPool } from './escarp-pool.js';

/** Somebody who watches slot 0 in the dashboard and may control it, without a browser of their own. */
export interface LiveViewer {
  readonly pid: number;
  /** Pictures and bytes that have come so far. */
  readonly seen: { frames: number; bytes: number };
  /** Resolves at the next picture. */
  nextFrame(): Promise<void>;
  /** Clicks at this place of the page. */
  click(x: number, y: number): void;
  takeOver(): Promise<void>;
  /** Asks for pictures, at most so many a second. */
  watch(rate: number): void;
  /** Looks at nothing. */
  rest(): void;
  close(): void;
}

/** Opens a link of `escarp view`, as its page does. */
export async function openLiveViewer(pool: EscarpPool): Promise<LiveViewer> {
  const { url }: { url: string } = JSON.parse(await pool.escarp('view', '--control', '--json'));
  const [base = '', link] = url.split('/#');
  const json = { 'content-type': 'application/json', origin: base };
  const opened = await fetch(`${base}/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ link }),
  });
  const { path }: { path: string } = JSON.parse(await opened.text());
  const headers = { ...json, cookie: opened.headers.get('set-cookie')?.split(';')[0] ?? '' };
  const socket = new WebSocket(`${base.replace('http', 'ws')}${path}api/pictures`, { headers });
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const seen = { frames: 0, bytes: 0 };
  const waiting = new Set<() => void>();
  const send = (message: object): void => socket.send(JSON.stringify(message));
  socket.addEventListener('message', ({ data }) => {
    const frame = data instanceof ArrayBuffer ? readFrame(data) : undefined;
    if (frame === undefined) return;
    seen.frames += 1;
    seen.bytes += frame.jpeg.byteLength;
    send({ type: 'shown', slot: 0, frame: frame.frame });
    for (const resolve of waiting) resolve();
    waiting.clear();
  });
  return {
    pid: await viewerPid(pool),
    seen,
    nextFrame: () => new Promise((resolve) => waiting.add(resolve)),
    click: (x, y) => {
      const at = {
        type: 'mouse',
        slot: 0,
        x,
        y,
        clicks: 1,
        alt: false,
        ctrl: false,
        meta: false,
        shift: false,
      };
      send({ ...at, action: 'down', button: 'left', buttons: 1 });
      send({ ...at, action: 'up', button: 'left', buttons: 0 });
    },
    takeOver: async () => {
      const body = JSON.stringify({ by: 'human', who: 'bench' });
      const reply = await fetch(`${base}${path}api/slots/0/control`, { method: 'POST', headers, body });
      if (!reply.ok) throw new Error(await reply.text());
    },
    watch: (rate) => send({ type: 'watch', slots: [{ slot: 0, width: 1280, height: 720, rate }] }),
    rest: () => send({ type: 'watch', slots: [] }),
    close: () => socket.close(),
  };
}

async function viewerPid({ env }: EscarpPool): Promise<number> {
  const { pid }: { pid: number } = JSON.parse(await readFile(`${env['ESCARP_HOME']}/viewer.json`, 'utf8'));
  return pid;
}
