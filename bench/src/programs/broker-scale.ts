// A broker of some size in this process, without HTTP: ten thousand connections would measure the kernel instead.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { handlersOf, openBroker } from '@escarp/broker';
import { brokerOptions } from '../subjects/broker-options.js';
import { programOptions, sayReady } from '../program-port.js';

const { slots = 1, waiters = 0, samples = 1, idleMs = 0 } = programOptions();
const home = await mkdtemp(join(tmpdir(), 'escb-'));
const broker = await openBroker(await brokerOptions(home, slots));
const handlers = handlersOf(broker, 'bench');
const call = { signal: new AbortController().signal, access: 'admin' as const, onUndelivered: () => {} };
const timed = async <T>(values: number[], work: () => Promise<T>): Promise<T> => {
  const startedAt = performance.now();
  const result = await work();
  values.push((performance.now() - startedAt) * 1_000);
  return result;
};
const acquire = () => handlers.acquire({ scope: { holder: 'bench' }, waitS: 3_600 }, call);
const release = (leaseToken: string) => handlers.release({ leaseToken }, call);

// All but one slot are held; with waiters also that one, and every grant is a wait that ends.
const held: string[] = [];
while (held.length < slots - 1) held.push((await acquire()).leaseToken);
const line: Promise<{ leaseToken: string }>[] = [];
let token = waiters > 0 ? (await acquire()).leaseToken : '';
while (line.length < waiters) line.push(acquire());
await Promise.resolve();

const acquireUs: number[] = [];
const renewUs: number[] = [];
for (let sample = 0; sample < samples; sample++) {
  if (waiters === 0) {
    token = (await timed(acquireUs, acquire)).leaseToken;
    await timed(renewUs, () => handlers.heartbeat({ leaseToken: token }, call));
    await release(token);
  } else {
    await timed(renewUs, () => handlers.heartbeat({ leaseToken: token }, call));
    const next = line.shift();
    line.push(acquire());
    // From the release until the first waiter has the slot, including its reset and two writes to disk.
    token = await timed(acquireUs, async () => {
      await handlers.release({ leaseToken: token, noWait: true }, call);
      return (await next)?.leaseToken ?? '';
    });
  }
}

const before = process.cpuUsage();
const idleFrom = performance.now();
await pause(idleMs);
const { user, system } = process.cpuUsage(before);
const idlePercent = (user + system) / 10 / (performance.now() - idleFrom);

sayReady({ acquireUs, renewUs, rssMb: process.memoryUsage.rss() / 1e6, idlePercent });
await rm(home, { recursive: true, force: true });
process.exit(0);
