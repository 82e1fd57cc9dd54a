import { mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EscarpHome } from './escarp-home.js';
import type { Ended, Program } from './program.js';

/** A suite in a folder of its own, as somebody may have it. */
export interface SuiteFiles {
  /** Of the files of the suite, by their paths in its folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Folder of the suite below that of the user's project. */
  readonly folder: string;
  /** A package of this name in the workspace is its `@playwright/test`. */
  readonly runner?: string;
}

/** What Playwright's report says of one attempt at a test. */
export interface Attempt {
  readonly title: string;
  readonly project: string;
  readonly status: string;
  readonly attachments: readonly string[];
  /** The first of them. */
  readonly error: string;
  readonly errorCount: number;
}

/** In a configuration of Playwright's: its limits of half a minute and five seconds are short on a busy machine. */
export const patience = 'timeout: 120_000, expect: { timeout: 60_000 }';

const installed = fileURLToPath(new URL('../node_modules', import.meta.url));

/** A Playwright suite that is run by `escarp run --playwright`. */
export class PlaywrightSuite {
  readonly folder: string;
  readonly #home: EscarpHome;

  private constructor(home: EscarpHome, folder: string) {
    this.#home = home;
    this.folder = folder;
  }

  /** Writes the files, and links the runner into the suite's folder alone, as pnpm does in a workspace. */
  static async make(home: EscarpHome, { files, folder, runner = '@playwright/test' }: SuiteFiles) {
    const path = join(home.project, folder);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), text);
    }
    const link = join(path, 'node_modules/@playwright/test');
    await mkdir(dirname(link), { recursive: true });
    await symlink(await realpath(join(installed, runner)), link);
    return new PlaywrightSuite(home, path);
  }

  /** Starts it; words before the two dashes are escarp's, those after them Playwright's. */
  start(escarp: readonly string[] = [], playwright: readonly string[] = [], env = {}): Program {
    const words = ['run', '--playwright', ...escarp, '--', 'node', this.#runner, 'test', ...playwright];
    const report = { PLAYWRIGHT_JSON_OUTPUT_FILE: join(this.folder, 'report.json') };
    const program = this.#home.start(['escarp', ...words], { ...report, ...env }, this.folder);
    program.child.stdin.end();
    return program;
  }

  async run(escarp: readonly string[] = [], playwright: readonly string[] = [], env = {}): Promise<Ended> {
    return this.start(escarp, playwright, env).ended;
  }

  /** Runs it without `escarp run`, as a suite that leases by itself. */
  async runAlone(env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const report = { PLAYWRIGHT_JSON_OUTPUT_FILE: join(this.folder, 'report.json') };
    const program = this.#home.start(['node', this.#runner, 'test'], { ...report, ...env }, this.folder);
    program.child.stdin.end();
    return program.ended;
  }

  get #runner(): string {
    return join(this.folder, 'node_modules/@playwright/test/cli.js');
  }

  /** What its JSON reporter wrote: every attempt, retries included, in the order of the tests. */
  async attempts(): Promise<Attempt[]> {
    const { suites }: { suites: Reported[] } = JSON.parse(
      await readFile(join(this.folder, 'report.json'), 'utf8'),
    );
    return suites.flatMap(attemptsIn);
  }
}

interface Reported {
  readonly suites?: readonly Reported[];
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly projectName: string;
      readonly results: readonly {
        readonly status: string;
        readonly attachments: readonly { readonly name: string }[];
        readonly error?: { readonly message?: string };
        readonly errors: readonly unknown[];
      }[];
    }[];
  }[];
}

function attemptsIn({ suites = [], specs }: Reported): Attempt[] {
  const own = specs.flatMap(({ title, tests }) =>
    tests.flatMap(({ projectName, results }) =>
      results.map(({ status, attachments, error, errors }) => ({
        title,
        project: projectName,
        status,
        attachments: attachments.map(({ name }) => name),
        error: error?.message ?? '',
        errorCount: errors.length,
      })),
    ),
  );
  return [...own, ...suites.flatMap(attemptsIn)];
}
