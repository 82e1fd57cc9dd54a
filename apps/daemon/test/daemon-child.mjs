// A daemon in a process of its own, as built. Prints its address as one line of JSON; ends when it is told to.
import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { createLog, openStateDirectory, readPoolFile, readSettings } from '@escarp/broker';
import { startDaemon } from '@escarp/daemon';
import { runCommand } from '@escarp/child-process';
import { createIdentityDriver } from '@escarp/os-identity';

const settings = readSettings({ ESCARP_API_PORT: '0', ...process.env }, '/nonexistent');
const uid = process.getuid?.();
const directory = await openStateDirectory(settings.home, uid);
const session = { display: null, authorityPath: null, waylandDisplay: null };
const screen = { width: 1280, height: 800 };
const startedAt = performance.now();

const daemon = await startDaemon({
  directory,
  settings,
  pool: await readPoolFile(directory.pool),
  browserPath: settings.browserPath,
  heal: process.env.TEST_HEAL !== 'no',
  version: '0.0.0-test',
  log: createLog(settings.logLevel, Date.now, (line) => process.stderr.write(line)),
  identity: createIdentityDriver(
    process.platform,
    { home: settings.home, cuaApps: false, displays: false, screen, session },
    { run: runCommand, now: Date.now, randomBytes: (size) => randomBytes(size) },
  ),
  machine: {
    platform: process.platform,
    uid,
    pid: process.pid,
    environment: process.env,
    shortTmp: tmpdir(),
    clocks: {
      wallMs: Date.now,
      monotonicMs: () => performance.now(),
      newId: randomUUID,
      randomBytes: (size) => randomBytes(size),
    },
  },
});
process.stdin.on('end', () => process.exit(1)).resume();
process.on('SIGTERM', async () => {
  await daemon.close();
  process.exit(0);
});
process.stdout.write(
  `${JSON.stringify({ url: daemon.url, servingMs: Math.round(performance.now() - startedAt) })}\n`,
);
