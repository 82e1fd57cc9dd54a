// Gives leases back when whoever held them has ended, so that nobody waits for their TTL. It loads nothing but Node, says
// nothing, and always ends with 0: a session must never fail, or wait, because of it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

const home = process.env.ESCARP_HOME || join(homedir(), '.escarp');
/** The most milliseconds that telling the daemon may take. It needs a few, and once told it acts without us. */
const tellingMs = 60;

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
  const url =
    process.env.ESCARP_BROKER_URL || JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8')).url;
  await Promise.all(chosen.map(({ leaseToken }) => tell(new URL('/release', url), leaseToken)));
}

/** Resolves when there is an answer, or no more reason to wait for one. `fetch` would take longer to load than this takes. */
function tell(url, leaseToken) {
  const body = JSON.stringify({ lease_token: leaseToken, no_wait: true });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const asked = request(url, { method: 'POST', headers: { ...headers, ...authorization() } });
    const leave = () => resolve(asked.destroy());
    setTimeout(leave, tellingMs).unref();
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

function authorization() {
  const token = process.env.ESCARP_API_TOKEN || tokenFile();
  return token ? { authorization: `Bearer ${token}` } : {};
}

function tokenFile() {
  try {
    return readFileSync(join(home, 'api-token'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
