import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstantDaemon } from './instant-daemon.js';
import { until } from './until.js';

type TempHome = Awaited<ReturnType<typeof makeTempHome>>;

describe('ESCARP_ASK_COMMAND', () => {
  let folder: TempHome;
  let daemon: InstantDaemon;
  const told = () => readFile(join(folder.path, 'told'), 'utf8').catch(() => '');

  async function start(script: string): Promise<void> {
    const command = join(folder.path, 'command');
    await writeFile(command, `#!/bin/sh\n${script}\n`);
    await chmod(command, 0o755);
    daemon = await InstantDaemon.start(1, { ESCARP_ASK_COMMAND: command });
  }

  beforeEach(async () => {
    folder = await makeTempHome();
  });
  afterEach(async () => {
    await daemon.remove();
    await folder.remove();
  });

  it('is run for each question, with what it is about in its environment and nothing read by a shell', async () => {
    await start(
      `env | grep ^ESCARP_ | sort >> ${folder.path}/told; echo "$# arguments" >> ${folder.path}/told`,
    );
    const { handle, leaseToken } = await daemon.client.acquire({ holder: 'ann' });
    const reason = `$(touch ${folder.path}/x); "captcha" \`id\``;
    const asking = daemon.client.ask({ handle, leaseToken, reason, instructions: 'first\nsecond' });
    await until(async () => (await told()).includes('arguments'));
    const lines = (await told()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'ESCARP_ASK_KIND=question',
        'ESCARP_ASK_SLOT=0',
        'ESCARP_ASK_HOLDER=ann',
        `ESCARP_ASK_REASON=${reason}`,
        'ESCARP_ASK_INSTRUCTIONS=first',
        '0 arguments',
      ]),
    );
    expect(lines.filter((line) => /^ESCARP_(?!ASK_)/.test(line))).toEqual([]);
    expect(await told()).not.toContain(leaseToken);
    await expect(readFile(join(folder.path, 'x'))).rejects.toThrow('ENOENT');
    const id = lines.find((line) => line.startsWith('ESCARP_ASK_ID='))?.split('=')[1];
    await daemon.client.answer({ id: String(id), outcome: 'done' });
    await asking;
  });

  it('that is not there is told of in the log at the start, and in the answer', async () => {
    const missing = join(folder.path, 'missing');
    daemon = await InstantDaemon.start(1, { ESCARP_ASK_COMMAND: missing });
    expect(daemon.home.logLines.join('')).toContain(`ESCARP_ASK_COMMAND is ${missing}`);
    const { handle, leaseToken } = await daemon.client.acquire({ holder: 'ann' });
    const asking = daemon.client.ask({ handle, leaseToken, reason: 'captcha' });
    const id = await until(() => [...daemon.state.leases.values()][0]?.asks[0]?.id);
    await until(() => daemon.running.broker.untold.noticeOf(id) !== undefined);
    await daemon.client.answer({ id, outcome: 'done' });
    expect(await asking).toMatchObject({
      outcome: 'done',
      notice: expect.stringMatching(/notified.*ESCARP_ASK_COMMAND could not be started/),
    });
  });

  it('that fails or hangs holds nobody up, and ends with the daemon', async () => {
    await start(`echo $$ >> ${folder.path}/told; exec sleep 600`);
    const { handle, leaseToken } = await daemon.client.acquire({ holder: 'ann' });
    const asked = await daemon.client.ask({ handle, leaseToken, reason: 'captcha', timeoutS: 1 });
    expect(asked.outcome).toBe('timed_out');
    const pid = Number(await until(async () => (await told()).trim() || undefined));
    await daemon.running.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
