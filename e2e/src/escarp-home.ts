import { fileURLToPath } from 'node:url';
import { mkdir, readFile, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endPool, freePorts, makeTempHome } from '@escarp/test-support';
import { Journal } from './journal.js';
import type { Json } from './json.js';
import type { Ended } from './program.js';
import { Program } from './program.js';

/** What is installed in a user's own project: escarp and the outside clients. */
export type { Json } from './json.js';

const installed = fileURLToPath(new URL('../node_modules', import.meta.url));

type Environment = Record<string, string | undefined>;

/** A user's machine with a state directory of its own, on which escarp is used from the command line. */
export class EscarpHome {
  /** The state directory. */
  readonly path: string;
  /** Folder of a project, in which a user works. */
  readonly project: string;
  readonly env: Environment;
  readonly #folder: string;
  readonly #remove: () => Promise<void>;
  readonly #programs = new Set<Program>();
  readonly #journals = new Set<Journal>();

  constructor(folder: string, env: Environment, remove: () => Promise<void>) {
    this.#folder = folder;
    this.path = join(folder, 'escarp');
    this.project = join(folder, 'project');
    this.env = env;
    this.#remove = remove;
  }

  /** Starts a program as a user's shell would find it, in the project's folder or another. */
  start(command: readonly string[], env: Environment = {}, cwd = this.project): Program {
    const program = new Program(command, { env: { ...this.env, ...env }, cwd });
    this.#programs.add(program);
    const forget = (): void => void this.#programs.delete(program);
    program.ended.then(forget, forget);
    return program;
  }

  /** Runs a program to its end, with nothing on its standard input. */
  async run(command: readonly string[], env: Environment = {}): Promise<Ended> {
    const program = this.start(command, env);
    program.child.stdin.end();
    return program.ended;
  }

  async escarp(...args: string[]): Promise<Ended> {
    return this.run(['escarp', ...args]);
  }

  async up(): Promise<void> {
    const { exitCode, stdout, stderr } = await this.escarp('up');
    if (exitCode !== 0) throw new Error(`escarp up: ${stdout}${stderr}`);
  }

  /** Address of the daemon that runs. */
  async url(): Promise<string> {
    const file: { url: string } = JSON.parse(await readFile(join(this.path, 'daemon.json'), 'utf8'));
    return file.url;
  }

  /** The plain HTTP interface, as any program would use it. */
  async post(route: string, body: Json): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${await this.url()}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await asJson(response) };
  }

  async status(): Promise<{ slots: Json[] } & Json> {
    const response = await fetch(`${await this.url()}/status`);
    const body: { slots: Json[] } & Json = JSON.parse(await response.text());
    return body;
  }

  /** Makes another project of the same user's, in a folder of its own, with what `makeEscarpHome` puts into the first. */
  async addProject(name: string, packages?: readonly string[]): Promise<string> {
    const folder = join(this.#folder, name);
    await makeProject(folder, packages);
    return folder;
  }

  /** Slots that somebody holds now. */
  async leased(): Promise<number[]> {
    const { slots } = await this.status();
    return slots.filter(({ state }) => state === 'leased').map(({ slot }) => Number(slot));
  }

  /** Follows what happens from now on. */
  async journal(): Promise<Journal> {
    const journal = await Journal.follow(await this.url(), Number((await this.status())['revision']) + 1);
    this.#journals.add(journal);
    return journal;
  }

  /** Resolves when every slot is free, so that nothing of one test happens in the next. */
  async settled(): Promise<void> {
    // Mostly they are, and a journal takes its share of the work of every later event.
    if (await this.#isFree()) return;
    const journal = await this.journal();
    for (let seen = 0; !(await this.#isFree()); seen = journal.events.length) await journal.beyond(seen);
    this.#journals.delete(journal);
    journal.close();
  }

  async #isFree(): Promise<boolean> {
    const { slots } = await this.status();
    return slots.every(({ state }) => state === 'free');
  }

  /** Ends everything that was started here, also what a failed test left running. */
  async remove(): Promise<void> {
    for (const journal of this.#journals) journal.close();
    await this.#endPrograms();
    await endPool(this.#folder, () => this.escarp('down', '--force')).finally(this.#remove);
  }

  /** Ends a pool in a state directory of its own, below the project's folder, of which a program has not taken care. */
  async endPool(folder: string): Promise<void> {
    await this.#endPrograms();
    await endPool(folder, () => this.run(['escarp', 'down', '--force'], { ESCARP_HOME: folder }));
  }

  async #endPrograms(): Promise<void> {
    const programs = [...this.#programs];
    for (const { child } of programs) child.kill('SIGTERM');
    await Promise.all(programs.map(({ ended }) => ended.catch(() => {})));
  }
}

/**
 * For a pool on which it is not tested what the next holder finds: between two leases its browsers are not replaced, which
 * takes a processor for a second.
 */
export const keepsBrowsers: Environment = { ESCARP_RESET: 'tabs' };

/** Browser MCP servers that others publish. */
export const pageServers = ['@playwright/mcp', 'chrome-devtools-mcp', 'agent-browser'];

/**
 * In the project there is everything that is installed here, or only `packages`. npx reads all that is installed before it
 * starts one of it, which takes a processor for a second where that is everything.
 */
export async function makeEscarpHome(
  size: number,
  env: Environment = {},
  packages?: readonly string[],
): Promise<EscarpHome> {
  const { path, remove } = await makeTempHome();
  const user = join(path, 'user');
  const tmp = join(path, 'tmp');
  await Promise.all([mkdir(user), mkdir(tmp)]);
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ESCARP|VITEST|npm_)/.test(name));
  const own = {
    // Outside clients keep their files in the user's home.
    HOME: user,
    TMPDIR: tmp,
    PATH: `${join(installed, '.bin')}:${process.env['PATH']}`,
    ESCARP_HOME: join(path, 'escarp'),
    ESCARP_API_PORT: '0',
    // Whoever runs these tests on a desktop is not to be asked for help.
    ESCARP_NOTIFY: 'off',
    // A new home is one in which npm, and others after it, look on the internet for something newer.
    npm_config_update_notifier: 'false',
    CHROME_DEVTOOLS_MCP_NO_UPDATE_CHECKS: '1',
    ESCARP_CDP_BASE: String(await freePorts(size)),
    ESCARP_POOL_SIZE: String(size),
    ESCARP_CFT_BINARY: process.env['ESCARP_CFT_BINARY'] ?? '/usr/lib/chromium/chromium',
  };
  const home = new EscarpHome(path, { ...Object.fromEntries(inherited), ...own, ...env }, remove);
  await makeProject(home.project, packages);
  return home;
}

async function makeProject(folder: string, packages: readonly string[] | undefined): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{ "name": "project", "private": true }');
  const modules = join(folder, 'node_modules');
  if (packages === undefined) return symlink(installed, modules);
  for (const name of packages) await installPackage(name, modules);
  await symlink(join(installed, '.bin'), join(modules, '.bin'));
}

/** As npm does it: npx follows a link to the package itself, and reads all that it finds there too. */
async function installPackage(name: string, modules: string): Promise<void> {
  const from = await realpath(join(installed, name));
  const to = join(modules, name);
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from)) await symlink(join(from, entry), join(to, entry));
}

async function asJson(response: Response): Promise<Json> {
  const body: Json = JSON.parse(await response.text());
  return body;
}
