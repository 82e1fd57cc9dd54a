import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome } from '../../src/escarp-home.js';

/** What escarp offers, and the suite therefore judges. */
const applicable = [
  'server-initialize',
  'ping',
  'tools-list',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];

/** Each of these drives something that escarp neither offers nor declares among its capabilities. */
const notApplicable = {
  'needs a tool that only the reference server has': [
    'tools-call-simple-text',
    'tools-call-image',
    'tools-call-audio',
    'tools-call-embedded-resource',
    'tools-call-mixed-content',
    'tools-call-with-logging',
    'tools-call-error',
    'tools-call-with-progress',
    'json-schema-2020-12',
    'server-sse-polling',
  ],
  'has the server ask the client, which escarp never does': [
    'tools-call-sampling',
    'tools-call-elicitation',
    'elicitation-sep1034-defaults',
    'elicitation-sep1330-enums',
  ],
  'sets the level of log messages, of which escarp sends none': ['logging-set-level'],
  'completes arguments of prompts and resources': ['completion-complete'],
  'reads resources': [
    'resources-list',
    'resources-read-text',
    'resources-read-binary',
    'resources-templates-read',
    'resources-subscribe',
    'resources-unsubscribe',
  ],
  'gets prompts': [
    'prompts-list',
    'prompts-get-simple',
    'prompts-get-with-args',
    'prompts-get-embedded-resource',
    'prompts-get-with-image',
  ],
};

/** Newest of the suite, which asks for a newer Node; it has no scenario of 2026-07-28 yet: http.ts is for that. */
const suiteEnv = {
  NODE_OPTIONS: `--import ${new URL('../../src/fs-with-glob-sync.mjs', import.meta.url).href}`,
};

interface Check {
  readonly id: string;
  readonly status: string;
}

export function mcpConformance(pool: () => EscarpHome): void {
  describe('the MCP conformance suite', { tags: ['browser'], timeout: 300_000 }, () => {
    let home: EscarpHome;
    let results: string;

    beforeAll(async () => {
      results = await mkdtemp(join(tmpdir(), 'esc-'));
      home = pool();
    });
    afterAll(async () => {
      await rm(results, { recursive: true });
    });

    it('has no scenario that is not named here', async () => {
      const { stdout } = await home.run(['conformance', 'list', '--server'], suiteEnv);
      const [, ofServers = ''] = /Server scenarios.*:\n([\s\S]*?)(\n\n|$)/.exec(stdout) ?? [];
      const listed = [...ofServers.matchAll(/^ +- (\S+)/gm)].map(([, name]) => name);
      const named = [...applicable, ...Object.values(notApplicable).flat()];
      expect(new Set(listed)).toEqual(new Set(named));
    });

    it('passes in every scenario that applies, and fails in no other than those that do not', async () => {
      const baseline = join(results, 'baseline.yml');
      const names = Object.values(notApplicable).flat();
      await writeFile(baseline, `server:\n${names.map((name) => `  - ${name}\n`).join('')}`);
      const url = `${await home.url()}/mcp`;
      const suite = ['conformance', 'server', '--url', url, '--suite', 'all', '-o', results];
      const { exitCode, stdout, stderr } = await home.run(
        [...suite, '--expected-failures', baseline],
        suiteEnv,
      );
      expect({ exitCode, output: exitCode === 0 ? '' : stdout + stderr }).toEqual({
        exitCode: 0,
        output: '',
      });
      const passed = await passedScenarios(results);
      expect(new Set(passed)).toEqual(new Set(applicable));
    });
  });
}

/** Scenarios that judged something and found nothing to say against it, not even as advice. */
async function passedScenarios(folder: string): Promise<string[]> {
  const folders = (await readdir(folder)).filter((name) => name.startsWith('server-'));
  const passed = await Promise.all(
    folders.map(async (name) => {
      const checks: Check[] = JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8'));
      const outcomes = new Set(checks.map(({ status }) => status));
      const scenario = /^server-(.*)-\d{4}-\d\d-\d\dT/.exec(name)?.[1] ?? name;
      const isFlawless = outcomes.has('SUCCESS') && !outcomes.has('FAILURE') && !outcomes.has('WARNING');
      return isFlawless ? [scenario] : [];
    }),
  );
  return passed.flat();
}
