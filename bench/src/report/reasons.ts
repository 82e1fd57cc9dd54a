import type { Row } from '../row.js';

/** Why rows of a section may be behind what they are compared with, or miss their goal. */
interface Reason {
  readonly section: string;
  /** Which rows; all others of the section if not said. */
  readonly rows?: RegExp;
  readonly why: string;
}

const reasons: readonly Reason[] = [
  {
    section: 'page',
    rows: /chrome-devtools-mcp.*first navigation/,
    why: 'At a browser that runs already the server takes as long without escarp: it attaches to every target before it opens its page, and then waits until the page has been still for a tenth of a second. A lease saves the launch alone.',
  },
  {
    section: 'page',
    rows: /agent-browser/,
    why: 'Every task starts its command line and a daemon of its own and ends both; what is saved is the launch of the browser.',
  },
  {
    section: 'page',
    why: 'The start of a server is part of the whole time and is the same with and without escarp, which adds the start of `escarp run`.',
  },
  {
    section: 'requests',
    rows: /MCP/,
    why: 'The shim asks the daemon over HTTP, and the daemon waits for the disk, before it answers; an echo answers at once.',
  },
  {
    section: 'requests',
    rows: /^renew/,
    why: 'A heartbeat is checked against web pages, parsed, validated and stepped, and its answer names everything about the slot.',
  },
  {
    section: 'requests',
    why: 'A lease is granted or ended only when that is on disk, and its answer names everything about the slot. An echo does neither.',
  },
  {
    section: 'click',
    why: 'Nothing of escarp is between an agent and its browser: what is left is how two browsers on one machine differ.',
  },
  {
    section: 'page-tools',
    why: 'Page tools pass through the process of the MCP server, which finds the lease that a call is for.',
  },
  {
    section: 'live-view',
    why: 'Chrome draws and compresses every picture that somebody watches, on the cores that the page needs too.',
  },
  {
    section: 'display-view',
    why: 'The picture goes from the display through the viewer to the page that shows it.',
  },
  {
    section: 'turnover',
    rows: /^recycle/,
    why: 'Chrome takes most of it to start. The bare relaunch stops at the first answer; escarp waits until the page evaluates, as “bare kill, wipe, launch, evaluate” does, and proves that the old browser was its own and is gone.',
  },
  {
    section: 'turnover',
    rows: /^storage/,
    why: 'Chrome takes most of it: it starts its network process anew, without which HTTP logins would stay, and clears local storage, which takes about as long when there is none.',
  },
  { section: 'turnover', why: 'Starts of browsers share the cores of this machine.' },
  {
    section: 'login',
    why: 'What is saved is put into the browser before anybody gets it, one origin after the other.',
  },
  { section: 'scale', why: 'Larger tables miss the caches of the processor more often.' },
  {
    section: 'memory',
    rows: /waiting requests/,
    why: 'A bare server keeps a connection. escarp also keeps the request, its place in line and the promises that wait for its turn, and the heap grows until V8 looks for what is dead.',
  },
  {
    section: 'memory',
    why: 'A process of Node with the libraries of an HTTP server takes most of it before anybody asks for a slot.',
  },
  {
    section: 'test-suite',
    why: 'A suite of small tests on few cores is bound by its pages; what is saved is the launch of browsers.',
  },
  {
    section: 'cli',
    why: 'Beyond parsing its words, a command reads the files of the pool and asks the daemon over HTTP.',
  },
  {
    section: 'registry',
    rows: /times its cost/,
    why: 'Ten leases fit the caches of the processor, ten thousand do not.',
  },
  {
    section: 'registry',
    rows: /remembered/,
    why: 'The answer is measured and kept for a caller who asks again.',
  },
  {
    section: 'registry',
    why: 'Each event and each record is an object of its own, and a step never changes what it has given out.',
  },
];

/** Why a row loses or misses its goal, in words. */
export function reasonFor({ section, name }: Pick<Row, 'section' | 'name'>): string {
  const found = reasons.find((one) => one.section === section && (one.rows?.test(name) ?? true));
  return found?.why ?? 'What was measured stands below the table of its section.';
}
