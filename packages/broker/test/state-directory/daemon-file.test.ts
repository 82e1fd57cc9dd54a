import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readDaemonFile, readRunningDaemonFile, writeDaemonFile } from '@escarp/broker/home';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

describe('the file of a program that serves', () => {
  let home: Awaited<ReturnType<typeof makeTempHome>>;
  let path: string;
  beforeEach(async () => {
    home = await makeTempHome();
    path = join(home.path, 'daemon.json');
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await home.remove();
  });

  const writtenBy = async (pid: number): Promise<void> => {
    const file = { pid, port: 7_878, url: 'http://127.0.0.1:7878', version: '1', startedAt: 1 };
    await writeDaemonFile(path, file, () => 'new');
  };

  it('counts while its process is running', async () => {
    await writtenBy(process.pid);
    expect(await readRunningDaemonFile(path)).toMatchObject({ pid: process.pid });
  });

  it('does not count once the process has ended, although the file is there', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    await writtenBy(child.pid ?? 0);
    expect(await readRunningDaemonFile(path)).toBeUndefined();
    expect(await readDaemonFile(path)).toMatchObject({ pid: child.pid });
  });

  // Root may signal everybody, so the refusal that other users get is mocked.
  it('does not count if the process is another user’s, who would be sent a token', async () => {
    await writtenBy(process.pid);
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    });
    expect(await readRunningDaemonFile(path)).toBeUndefined();
  });
});
