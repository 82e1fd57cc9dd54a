import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts, makeTempHome } from '@escarp/test-support';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const chromium = process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium';
const packageFolder = fileURLToPath(new URL('..', import.meta.url));

describe('the example in the README', { tags: ['browser'], timeout: 120_000 }, () => {
  it('runs as it is', async () => {
    const { path: home, remove } = await makeTempHome();
    const readme = await readFile(`${packageFolder}/README.md`, 'utf8');
    const [, code = ''] = /```ts\n([^`]*)```/.exec(readme) ?? [];
    // The example contains no types, so that Node can run it in a folder that has the package's dependencies.
    const script = `${packageFolder}/readme-example-${process.pid}.mjs`;
    await writeFile(script, code);
    try {
      const env = {
        ...process.env,
        ESCARP_HOME: home,
        ESCARP_CFT_BINARY: chromium,
        ESCARP_CDP_BASE: String(await freePorts(1)),
      };
      const { stdout, stderr } = await run(process.execPath, [script], { env });
      expect(stdout).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/devtools\/browser\/\S+\n$/);
      expect(stderr).toBe('');
    } finally {
      await rm(script);
      await remove();
    }
  });
});
