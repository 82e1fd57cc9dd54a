import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const built = new URL('../dist/index.js', import.meta.url).href;

describe.runIf(process.platform === 'linux')('descriptors that a parent left open', () => {
  it('are closed, whatever their number, and those of Node go on working', () => {
    const script = `import { closeInheritedDescriptors, runCommand } from ${JSON.stringify(built)};
      const closed = closeInheritedDescriptors(process.platform);
      const { stdout } = await runCommand('sh', ['-c', 'ls /proc/self/fd'], { timeoutMs: 30_000 });
      console.log(JSON.stringify({ closed, left: stdout.trim().split('\\n').map(Number) }));`;
    const opened = 'exec 5</dev/null 9>/dev/null 10</etc/passwd 200>/dev/null 1000<>/dev/null';
    const command = [
      '--norc',
      '-c',
      `${opened}; exec "$0" --input-type=module -e "$1"`,
      process.execPath,
      script,
    ];
    const { stdout, stderr } = spawnSync('bash', command, { encoding: 'utf8' });
    expect(stderr).toBe('');
    const { closed, left } = JSON.parse(stdout) as { closed: number[]; left: number[] };
    expect(closed).toEqual(expect.arrayContaining([5, 9, 10, 200, 1000]));
    // The fourth is the one by which `ls` reads the folder.
    expect(left).toHaveLength(4);
  });
});
