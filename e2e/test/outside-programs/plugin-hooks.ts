import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';
import type { PoolAndSite } from '../../src/pool-and-site.js';
import { McpSession, stdioTransport } from '../../src/mcp-session.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const hook = join(repository, 'plugin/hooks/leases.mjs');
/** How often two sessions are resumed at once. */
const rounds = process.env['ESCARP_LONG'] === '1' ? 3 : 1;

export function pluginHooks(pool: () => PoolAndSite): void {
  describe('the hooks of the plugin', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;

    beforeAll(() => void ({ home } = pool()));

    /** As this process is the client of the sessions it starts, so are hooks that it starts its own. */
    const fire = async (event: object, env = {}): Promise<{ exitCode: number | null; output: string }> => {
      const child = spawn(process.execPath, [hook], { env: { ...home.env, ...env }, stdio: 'pipe' });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (text) => (output += String(text)));
      child.stdin.end(JSON.stringify(event));
      return await new Promise((resolve) => child.once('close', (exitCode) => resolve({ exitCode, output })));
    };
    const silent = { exitCode: 0, output: '' };

    const connect = async () =>
      McpSession.connect(stdioTransport(home, ['escarp', 'mcp', '--scope', 'worktree']));
    const remembered = async (count: number) =>
      expect
        .poll(async () => {
          const text = await readFile(join(home.path, 'leases.json'), 'utf8').catch(() => '[]');
          const leases: unknown[] = JSON.parse(text);
          return leases.length;
        })
        .toBe(count);

    const slotsOfLivingSessions = async () => {
      const text = await readFile(join(home.path, 'leases.json'), 'utf8');
      const leases: { slot: number; sessionPid?: number }[] = JSON.parse(text);
      return leases.filter(({ sessionPid }) => isRunning(sessionPid)).map(({ slot }) => slot);
    };

    it('give back the leases of a subagent that stops, and at the end of the session the others', async () => {
      const session = await connect();
      const one = await session.call('escarp_acquire', { wait_s: 60, agent: 'agent-1' });
      const two = await session.call('escarp_acquire', { wait_s: 60, agent: 'agent-2' });
      await remembered(2);
      const journal = await home.journal();
      expect(await fire({ hook_event_name: 'SubagentStop', agent_id: 'agent-1' })).toEqual(silent);
      await journal.until({ type: 'lease-ended', how: 'released' });
      expect(await home.leased()).toEqual([two.structured['slot']]);
      const { structured } = await session.call('escarp_status', { lease: one.structured['lease'] });
      expect(structured).toMatchObject({ error: 'lease_ended' });
      expect(await fire({ hook_event_name: 'SessionEnd' })).toEqual(silent);
      await expect.poll(async () => home.leased()).toEqual([]);
      await session.close();
      await home.settled();
    });

    it('tell a subagent the id by which its leases are found', async () => {
      const { exitCode, output } = await fire({ hook_event_name: 'SubagentStart', agent_id: 'agent-1' });
      expect(exitCode).toBe(0);
      expect(JSON.parse(output)).toMatchObject({
        hookSpecificOutput: { additionalContext: expect.stringContaining('agent "agent-1"') },
      });
    });

    it('give back what a worktree held that is removed', async () => {
      const session = await connect();
      await session.call('escarp_acquire', { wait_s: 60 });
      await expect
        .poll(async () => readFile(join(home.path, 'leases.json'), 'utf8'))
        .toContain('"sessionPid"');
      expect(await fire({ hook_event_name: 'WorktreeRemove', worktree_path: '/elsewhere' })).toEqual(silent);
      expect(await home.leased()).toHaveLength(1);
      expect(await fire({ hook_event_name: 'WorktreeRemove', worktree_path: home.project })).toEqual(silent);
      await expect.poll(async () => home.leased()).toEqual([]);
      await session.close();
    });

    it('say nothing and fail nobody where no daemon runs, or nothing that they understand is said', async () => {
      const nowhere = { ESCARP_HOME: join(home.path, 'nowhere'), ESCARP_BROKER_URL: 'http://127.0.0.1:9' };
      for (const event of [{ hook_event_name: 'SessionEnd' }, { hook_event_name: 'Other' }, {}])
        expect(await fire(event, nowhere)).toEqual(silent);
    });

    it('wait for no daemon that does not answer', async () => {
      const silentServer = createServer().listen(0, '127.0.0.1');
      await once(silentServer, 'listening');
      const address = silentServer.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const connected = once(silentServer, 'connection');
      const leases = join(home.path, 'told-leases.json');
      await writeFile(
        leases,
        JSON.stringify([
          { leaseToken: 'secret', slot: 0, worktree: '/gone', origin: `http://127.0.0.1:${port}/` },
        ]),
      );
      const event = { hook_event_name: 'WorktreeRemove', worktree_path: '/gone' };
      const env = { ESCARP_LEASES_FILE: leases, ESCARP_BROKER_URL: `http://127.0.0.1:${port}` };
      expect(await fire(event, env)).toEqual(silent);
      await connected;
      silentServer.close();
    });

    it('continue the lease of a session that ended without giving it back, and no lease of one that lives', async () => {
      await home.settled();
      const first = await connect();
      const { structured: held } = await first.call('escarp_acquire', { wait_s: 60 });
      await expect.poll(async () => readFile(join(home.path, 'leases.json'), 'utf8')).toContain(`"fence":`);
      const beside = await connect();
      const { structured: own } = await beside.call('escarp_acquire', { wait_s: 60 });
      expect(own['slot']).not.toBe(held['slot']);
      await first.close();
      const resumed = await connect();
      const { structured: again } = await resumed.call('escarp_acquire', { wait_s: 60 });
      expect(again).toMatchObject({ slot: held['slot'], lease: held['lease'] });
      expect(again['notice']).toMatch(/earlier session/);
      for (const session of [beside, resumed]) {
        await session.call('escarp_release');
        await session.close();
      }
    });

    it('continue it in one of the sessions that are resumed at once, and not in two', async () => {
      for (let round = 0; round < rounds; round++) {
        await home.settled();
        const first = await connect();
        const { structured: held } = await first.call('escarp_acquire', { wait_s: 60 });
        await expect.poll(slotsOfLivingSessions).toEqual([held['slot']]);
        await first.close();
        const resumed = await Promise.all([connect(), connect()]);
        const answers = await Promise.all(
          resumed.map(async (session) => session.call('escarp_acquire', { wait_s: 60 })),
        );
        const leases = answers.map(({ structured }) => structured['lease']);
        expect(new Set(leases).size).toBe(2);
        expect(leases).toContain(held['lease']);
        for (const session of resumed) {
          await session.call('escarp_release');
          await session.close();
        }
      }
    });
  });
}

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
