import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EscarpHome } from './escarp-home.js';
import { makeEscarpHome } from './escarp-home.js';

const lastWords = 'error while loading shared libraries: libnss3.so';

let home: EscarpHome;
let browser: string;
beforeAll(async () => {
  home = await makeEscarpHome(2);
  browser = join(home.path, 'broken-chrome');
  await mkdir(home.path, { recursive: true });
  await writeFile(browser, `#!/bin/sh\necho "${lastWords}" >&2\nexit 127\n`);
  await chmod(browser, 0o755);
}, 60_000);
afterAll(() => home.remove(), 60_000);

it('that cannot start makes `up` fail with its last lines, and no refusal calls the pool busy', async () => {
  const env = { ESCARP_CFT_BINARY: browser };
  const up = await home.run(['up'], env);
  expect(up.exitCode).toBe(7);
  expect(up.stderr).toContain(lastWords);
  expect(await home.json(['up'], env)).toMatchObject({ error: 'browser_launch_failed' });

  const any = await home.run(['acquire', '--holder', 'me']);
  expect(any.exitCode).toBe(7);
  expect(any.stderr).toMatch(/^. No slot can be leased\. Slot 0 is (quarantined|being started again): /);
  expect(any.stderr).toContain(lastWords);

  const waited = await home.json(['acquire', '--holder', 'me', '--wait', '1']);
  expect(waited).toMatchObject({
    error: 'no_slot_available',
    details: { slots: [{ slot: 0, last_error: expect.stringContaining(lastWords) }, { slot: 1 }] },
  });

  const one = await home.run(['acquire', '--holder', 'me', '--slot', '1']);
  expect(one.exitCode).toBe(3);
  expect(one.stderr).toMatch(/Slot 1 is (quarantined|being started again): /);
}, 120_000);
