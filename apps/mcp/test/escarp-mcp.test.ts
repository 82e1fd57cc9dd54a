import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../bin/escarp-mcp.js', import.meta.url));

describe('the program of this package', () => {
  it('is `escarp mcp`, options and exit codes included', () => {
    expect(execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' })).toMatch(/^escarp mcp /);
    expect(() => execFileSync(process.execPath, [program, '--nonsense'], { stdio: 'pipe' })).toThrow(
      expect.objectContaining({ status: 2 }),
    );
  });
});
