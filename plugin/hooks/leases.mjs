// Gives leases back when whoever held them has ended, so that nobody waits for their TTL. It loads nothing but Node, says
// nothing, and always ends with 0: a session must never fail, or wait, because of it.
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const home = process.env.ESCARP_HOME || join(homedir(), '.escarp');
/** The most milliseconds that telling the daemon may take on a busy machine. It needs a few. */
const tellingMs = 1_000;
/** How long to wait for its answer then. Once told, it acts without us. */
const answerMs = 60;

const ended = {
  SubagentStart: () => () => false,
  SubagentStop: ({ agent_id: agent }) => {
    const isOwn = ofThisClient();
    return (lease) => Boolean(agent) && isOwn(lease) && String(lease.holder).endsWith(`/${agent}`);
  },
  SessionEnd: () => ofThisClient(),
  WorktreeRemove:
    ({ worktree_path: path }) =>
    ({ worktree }) =>
      Boolean(path) && worktree === path,
};

try {
  const event = JSON.parse(readFileSync(0, 'utf8'));
  if (event.hook_event_name === 'SubagentStart') nameAgent(event);
  else await release(event);
} catch {
  // No daemon, no leases, or an event of another version: nothing to give back.
}

/** A subagent does not know its id, by which its leases are found when it stops. */
function nameAgent({ agent_id: agent }) {
  if (!agent) return;
  const additionalContext = `If you use a browser, call escarp_acquire with agent "${agent}".`;
  const hookSpecificOutput = { hookEventName: 'SubagentStart', additionalContext };
  process.stdout.write(`${JSON.stringify({ hookSpecificOutput })}\n`);
}

async function release(event) {
  const leases = JSON.parse(
    readFileSync(process.env.ESCARP_LEASES_FILE || join(home, 'leases.json'), 'utf8'),
  );
  const chosen = leases.filter(ended[event.hook_event_name](event));
  if (chosen.length === 0) return;
  const { url, origin, token } = daemon();
  const granted = chosen.filter((lease) => (lease.origin ?? homeOrigin()) === origin);
  await Promise.all(granted.map(({ leaseToken }) => tell(new URL('/release', url), leaseToken, token)));
}

/**
 * The daemon that commands call too, by the same rule: a token of the environment is for whichever daemon its user names, and
 * what is kept in the state directory for the daemon alone that serves it.
 */
function daemon() {
  const token = process.env.ESCARP_API_TOKEN;
  const named = process.env.ESCARP_BROKER_URL && new URL(process.env.ESCARP_BROKER_URL);
  const own = ownUrl();
  if (named?.hostname === 'localhost' && own?.hostname === '127.0.0.1') named.hostname = own.hostname;
  if (own !== undefined && (!named || named.href === own.href))
    return { url: own, origin: homeOrigin(), token: token || tokenFile() };
  return { url: named, origin: `${named.protocol}//${named.host}${named.pathname}`, token };
}

/** Undefined if its process has ended: whoever has its port since is another. */
function ownUrl() {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8'));
    return process.kill(pid, 0) ? new URL(url) : undefined;
  } catch {
    return undefined;
  }
}

function homeOrigin() {
  return pathToFileURL(realpathSync(home)).href;
}

/** Resolves when there is an answer, or no more reason to wait for one. `fetch` would take longer to load than this takes. */
function tell(url, leaseToken, token) {
  const body = JSON.stringify({ lease_token: leaseToken, no_wait: true });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve) => {
    const asked = request(url, { method: 'POST', headers });
    const leave = () => resolve(asked.destroy());
    setTimeout(leave, tellingMs).unref();
    asked.on('finish', () => setTimeout(leave, answerMs).unref());
    asked.on('response', leave);
    asked.on('error', leave);
    asked.end(body);
  });
}

/** The client started both the MCP server that holds the lease and, through a shell perhaps, this hook. */
function ofThisClient() {
  const above = new Set(ancestors());
  return ({ clientPid }) => above.has(clientPid);
}

function ancestors() {
  const parentOf = process.platform === 'linux' ? linuxParentOf : parentFromTable();
  const found = [];
  for (let pid = process.ppid; pid > 1 && found.length < 8; pid = parentOf(pid)) found.push(pid);
  return found;
}

function linuxParentOf(pid) {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Every process is asked for at once: `ps` takes as long for one. */
function parentFromTable() {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = new Map(lines.map((line) => line.trim().split(/\s+/).map(Number)));
  return (pid) => parents.get(pid);
}

function tokenFile() {
  try {
    return readFileSync(join(home, 'api-token'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
