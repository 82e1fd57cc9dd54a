import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { type MachineClaim, claimant, claimPlace, portClaim, takeClaim } from '@escarp/owned-files';

/** Below the ports that systems hand out by themselves, so that what is free stays free. */
const range = { from: 20_000, to: 32_000 };

/** Ports are reserved in blocks, because a reservation costs a descriptor. */
const blockLength = 10;
const blocks = (range.to - range.from) / blockLength;
let next = randomInt(blocks);

/** What this process has reserved. It ends with the process, and its own blocks are given out again in turn. */
const reserved = new Map<number, MachineClaim>();

/**
 * First of `count` neighbouring ports that nobody listens on, that no daemon has claimed, and that no other process was
 * given here, whichever test run it belongs to.
 */
export async function freePorts(count: number): Promise<number> {
  const needed = Math.ceil(count / blockLength);
  for (;;) {
    const first = next + needed > blocks ? 0 : next;
    next = first + needed;
    const wanted = Array.from({ length: needed }, (_, index) => first + index);
    const free = await Promise.all(wanted.map(isFree));
    if (free.every(Boolean)) return range.from + first * blockLength;
  }
}

async function isFree(block: number): Promise<boolean> {
  if (!(await isOurs(block))) return false;
  const ports = Array.from({ length: blockLength }, (_, index) => range.from + block * blockLength + index);
  const free = await Promise.all(
    ports.map(async (port) => !(await isClaimed(port)) && (await isSilent(port))),
  );
  return free.every(Boolean);
}

async function isOurs(block: number): Promise<boolean> {
  if (reserved.has(block)) return true;
  const claim = await takeClaim(`test-ports-${block}`, claimPlace(tmpdir()));
  if (claim !== undefined) reserved.set(block, claim);
  return claim !== undefined;
}

/** Slots without browsers claim their ports too, and listen on none. */
async function isClaimed(port: number): Promise<boolean> {
  return (await claimant(portClaim(port), claimPlace(tmpdir()))) !== undefined;
}

async function isSilent(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
