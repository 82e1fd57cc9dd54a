// For programs that the tests start: a pool of headless slots, as the package is built.
import { randomUUID } from 'node:crypto';
import { createSlotPool } from '../dist/index.js';

export function createChildPool({ home, port, binary, ...options }) {
  return createSlotPool({
    home,
    shortTmp: home,
    host: { platform: 'linux', isRoot: process.getuid() === 0 },
    ports: { now: Date.now, monotonicMs: () => performance.now(), newId: randomUUID, log: () => {} },
    specOf: (index) => ({
      index,
      port,
      tier: 'autonomous',
      headless: true,
      binary,
      wmClass: `escarp-slot${index}`,
      bounds: { left: 0, top: 0, width: 1200, height: 800 },
      extraArgs: [],
      env: { PATH: process.env.PATH, HOME: home },
    }),
    ...options,
  });
}
