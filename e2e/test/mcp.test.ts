import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../src/escarp-home.js';
import { keepsBrowsers, makeEscarpHome } from '../src/escarp-home.js';
import { McpSession, stdioTransport } from '../src/mcp-session.js';
import { mcpConformance } from './mcp/conformance.js';
import { mcpOverHttp } from './mcp/http.js';
import { mcpOverStdio } from './mcp/stdio.js';

/** Short, because some tests wait for it to pass, but not so that a holder that cannot run for a moment loses its lease. */
const ttlS = 6;

/** All on one pool: to bring one up takes a processor for three seconds, and every session gives back what it leased. */
describe('on a pool of two slots', { tags: ['browser'] }, () => {
  let home: EscarpHome;
  beforeAll(async () => {
    home = await makeEscarpHome(2, { ...keepsBrowsers, ESCARP_LEASE_TTL_S: String(ttlS) });
    await home.up();
  }, 120_000);
  afterAll(async () => home.remove(), 120_000);

  mcpOverStdio(() => home, ttlS);
  mcpOverHttp(() => home, ttlS);
  mcpConformance(() => home);
});

describe('escarp mcp without a daemon', { tags: ['browser'], timeout: 180_000 }, () => {
  let home: EscarpHome;

  beforeAll(async () => {
    home = await makeEscarpHome(2, keepsBrowsers);
  }, 120_000);
  afterAll(async () => home.remove(), 120_000);

  it('refuses if it may not start one', async () => {
    const session = await McpSession.connect(stdioTransport(home, ['escarp', 'mcp', '--no-autostart']));
    const { isError, structured } = await session.call('escarp_acquire');
    await session.close();
    expect(isError).toBe(true);
    expect(structured).toMatchObject({
      error: 'daemon_unreachable',
      hint: expect.stringContaining('escarp up'),
    });
  });

  it('brings up one pool for two clients that come at once, that a person takes down, and another for one that outlived it', async () => {
    const sessions = await Promise.all(
      ['one', 'two'].map(async (name) => McpSession.connect(stdioTransport(home, ['escarp', 'mcp']), name)),
    );
    const answers = await Promise.all(
      sessions.map((session) => session.call('escarp_acquire', { wait_s: 60 })),
    );
    expect(answers.map(({ isError }) => isError)).toEqual([false, false]);
    expect(new Set(answers.map(({ structured }) => structured['slot'])).size).toBe(2);
    const [outlives, ends] = sessions;
    await ends?.close();
    await outlives?.call('escarp_release');
    expect(await home.escarp('down', '--force')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Stopped 2 slots.'),
    });
    expect(await outlives?.call('escarp_acquire', { wait_s: 60 })).toMatchObject({ isError: false });
    await outlives?.close();
  });
});
