import { processFamily, runCommand } from '@escarp/child-process';
import type { ProcessEntry, ProcessTable } from './process-table.js';

const columns = 'pid=,stat=,lstart=,command=';

/** The process table of `ps`, which is what macOS offers without native code. */
export function darwinProcessTable(): ProcessTable {
  return {
    platform: 'darwin',
    isQuick: false,
    state: find,
    find,
    list,
    family: async (mark) => {
      const known = (await list()).filter((entry) => isOpenedApp(entry, mark));
      return processFamily({ platform: 'darwin', mark, ownsSession: false, known });
    },
    memoryBytes: residentBytes,
  };
}

async function list(): Promise<ProcessEntry[]> {
  return parseTable(await ps(['-axww', '-o', columns]));
}

// `open` starts an application with an environment that has nothing of ours, so such a browser is known by its being an
// application that was given the profile.
function isOpenedApp({ commandLine }: ProcessEntry, mark: string): boolean {
  const profile = mark.slice(mark.indexOf('=') + 1);
  const [program, ...rest] = `${commandLine} `.split(` --user-data-dir=${profile} `);
  return rest.length > 0 && /^\/.*\.app\/Contents\/(MacOS|Frameworks)\//.test(program ?? '');
}

async function find(pid: number): Promise<ProcessEntry | undefined> {
  return parseTable(await ps(['-ww', '-o', columns, '-p', String(pid)]))[0];
}

/** The rows of `ps -o pid=,stat=,lstart=,command=`; lstart is five words such as `Mon Jan  5 10:00:00 2026`. */
export function parseTable(text: string): ProcessEntry[] {
  return text
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([, pid, state, startedAt, commandLine]) => ({
      pid: Number(pid),
      startedAt: (startedAt ?? '').replaceAll(/\s+/g, ' '),
      isStopped: (state ?? '').startsWith('T'),
      commandLine: (commandLine ?? '').trim(),
    }));
}

async function residentBytes(pid: number): Promise<number | undefined> {
  const kilobytes = Number((await ps(['-o', 'rss=', '-p', String(pid)])).trim());
  return Number.isFinite(kilobytes) && kilobytes > 0 ? kilobytes * 1024 : undefined;
}

// ps exits 1 when the pid does not exist; an empty table says the same.
async function ps(arguments_: readonly string[]): Promise<string> {
  const { stdout } = await runCommand('/bin/ps', arguments_, { timeoutMs: 5_000, env: { LC_ALL: 'C' } });
  return stdout;
}
