import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { takeKernelLock } from '@escarp/broker/home';
import { runCommand } from '@escarp/child-process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allChecks } from '../../src/doctor/all-checks.js';
import { fileSystemOf } from '../../src/doctor/checks/disk-space.js';
import { diagnose } from '../../src/doctor/diagnose.js';
import { ok, type Check, type Patient } from '../../src/doctor/finding.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A Linux machine on which all is well, but for what the test says. */
function patient(differences: Partial<Patient> = {}): Patient {
  const home = join(folder, 'state');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return {
    platform: 'linux',
    home: folder,
    env: { PATH: join(folder, 'bin') },
    run: async () => ({ exitCode: 0, stdout: 'Chromium 156.0\n', stderr: '' }),
    nodeVersion: '20.19.0',
    version: '2.0.0',
    uid: process.getuid?.() ?? 0,
    stateDirectory: home,
    poolSize: 2,
    cdpBase: 1,
    apiPort: 3,
    systemRoot: folder,
    locateBrowser: async () => join(folder, 'chromium/chrome'),
    daemon: async () => undefined,
    askCommandFault: async () => undefined,
    settingsNotApplied: async () => [],
    fileSystem: async () => ({ bsize: 4096, bavail: 1e9, files: 1e6, ffree: 1e6 }),
    failedSlots: async () => [],
    spares: async () => undefined,
    macPermissions: async () => [],
    ...differences,
  };
}

function write(name: string, text = '', mode = 0o600): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

async function findingsOf(id: string, differences: Partial<Patient> = {}) {
  const checks = allChecks.filter((check) => check.id === id);
  const { findings } = await diagnose(checks, patient(differences), 20_000);
  return findings.map(({ level, what, remedy }) => ({ level, what, remedy }));
}

const finding = (level: string, what: RegExp, remedy?: RegExp) => ({
  level,
  what: expect.stringMatching(what) as string,
  remedy: remedy === undefined ? undefined : (expect.stringMatching(remedy) as string),
});

describe('the doctor', () => {
  it('runs its checks at once, in the order of the report, and tells the worst', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const checks: Check[] = [
      { id: 'slow', run: () => gate.then(() => [ok('slow')]) },
      {
        id: 'quick',
        run: async () => {
          release();
          return [{ level: 'problem', what: 'quick', remedy: 'mend it' }];
        },
      },
    ];
    expect(await diagnose(checks, patient(), 20_000)).toEqual({
      level: 'problem',
      findings: [
        { check: 'slow', level: 'ok', what: 'slow' },
        { check: 'quick', level: 'problem', what: 'quick', remedy: 'mend it' },
      ],
    });
  });

  it('says that a journal is damaged, unless a daemon runs that has read it', async () => {
    expect(await findingsOf('journal')).toEqual([]);
    write('state/journal/000000000000000.log');
    expect(await findingsOf('journal')).toEqual([finding('ok', /journal can be read/)]);
    write('state/journal/000000000000000.log', 'no record\nnor this\n');
    expect(await findingsOf('journal')).toEqual([
      finding('problem', /000000000000000\.log is damaged/, /down --force/),
    ]);
    const daemon = async () => ({ pid: process.pid, port: 1, version: '2.0.0' });
    expect(await findingsOf('journal', { daemon })).toEqual([]);
  });

  it('reports a check that fails or hangs, and all the others', async () => {
    const checks: Check[] = [
      { id: 'hangs', run: () => new Promise(() => {}) },
      { id: 'throws', run: () => Promise.reject(new Error('no such luck')) },
      { id: 'works', run: async () => [ok('fine')] },
    ];
    const { level, findings } = await diagnose(checks, patient(), 20);
    expect(level).toBe('warning');
    expect(findings.map(({ check, what }) => [check, what])).toEqual([
      ['hangs', 'The check "hangs" was not done in time.'],
      ['throws', 'The check "throws" could not be made: no such luck'],
      ['works', 'fine'],
    ]);
  });

  it('gives a remedy with every warning and problem of a machine where much is wrong', async () => {
    write('proc/sys/user/max_user_namespaces', '0');
    const sick = patient({
      nodeVersion: '18.0.0',
      uid: 12_345,
      run: async () => ({ exitCode: 127, stdout: '', stderr: 'libnss3' }),
    });
    const { level, findings } = await diagnose(allChecks, sick, 20_000);
    expect(level).toBe('problem');
    for (const one of findings.filter((each) => each.level === 'warning' || each.level === 'problem')) {
      expect(one.remedy, one.what).toBeTruthy();
    }
    expect(findings.filter((each) => each.level === 'problem').map(({ check }) => check)).toEqual([
      'node',
      'browser',
      'sandbox',
      'state',
    ]);
  });
});

describe('Node and the browser', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['24.0.1', 'ok'],
    ['20.18.3', 'problem'],
    ['18.20.0', 'problem'],
  ])('Node %s is %s', async (nodeVersion, level) => {
    expect((await findingsOf('node', { nodeVersion }))[0]?.level).toBe(level);
  });

  it('tells version and path of the browser', async () => {
    expect(await findingsOf('browser')).toEqual([finding('ok', /^Chromium 156\.0, .*chromium\/chrome\.$/)]);
  });

  it('says how to get a browser, and why one does not start', async () => {
    expect(await findingsOf('browser', { locateBrowser: async () => undefined })).toEqual([
      finding('problem', /No Chrome/, /install-browser/),
    ]);
    const run = async () => ({ exitCode: 127, stdout: '', stderr: 'x: libnss3.so: cannot open\n' });
    expect(await findingsOf('browser', { run })).toEqual([
      finding('problem', /does not start\. .*libnss3/, /library/),
    ]);
  });
});

describe('the sandbox', () => {
  it('is told to be off for root', async () => {
    expect(await findingsOf('sandbox', { uid: 0 })).toEqual([
      finding('note', /without its sandbox/, /ordinary user/),
    ]);
  });

  it.each([
    ['kernel/unprivileged_userns_clone', '0'],
    ['user/max_user_namespaces', '0'],
    ['kernel/apparmor_restrict_unprivileged_userns', '1'],
  ])('cannot be used where %s is %s', async (file, value) => {
    expect(await findingsOf('sandbox', { uid: 1000 })).toEqual([finding('ok', /can be used\.$/)]);
    write(`proc/sys/${file}`, `${value}\n`);
    expect(await findingsOf('sandbox', { uid: 1000 })).toEqual([
      finding('problem', new RegExp(file), /sysctl/),
    ]);
  });

  it.skipIf(process.getuid?.() !== 0)('can be used all the same with a setuid helper', async () => {
    write('proc/sys/user/max_user_namespaces', '0');
    write('chromium/chrome-sandbox', '', 0o4755);
    expect(await findingsOf('sandbox', { uid: 1000 })).toEqual([finding('ok', /setuid helper/)]);
  });

  it('is no question on macOS', async () => {
    expect(await findingsOf('sandbox', { platform: 'darwin' })).toEqual([]);
  });
});

describe('the state directory', () => {
  it('is fine when it is ours alone, or not there yet', async () => {
    expect(await findingsOf('state')).toEqual([finding('ok', /ours alone/)]);
    expect(await findingsOf('state', { stateDirectory: join(folder, 'none') })).toEqual([
      finding('ok', /will be made/),
    ]);
  });

  it('must not be open to others, a link, or another user’s', async () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o750);
    expect(await findingsOf('state', { stateDirectory: open })).toEqual([
      finding('problem', /open to other/, /chmod 700/),
    ]);
    const link = join(folder, 'link');
    symlinkSync(folder, link);
    expect(await findingsOf('state', { stateDirectory: link })).toEqual([
      finding('problem', /not a directory/, /ESCARP_HOME/),
    ]);
    expect(await findingsOf('state', { uid: 12_345 })).toEqual([finding('problem', /another user/, /chown/)]);
  });

  it('keeps its secrets closed', async () => {
    write('state/secret', 's', 0o640);
    write('state/leases.json', '{}', 0o600);
    expect(await findingsOf('state')).toEqual([
      finding('problem', /state\/secret can be read/, /chmod 600 .*secret$/),
    ]);
  });

  it('tells of records whose processes are gone', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    write('state/run/slot-0.json', JSON.stringify({ pid: gone.pid }));
    write('state/run/slot-1.json', JSON.stringify({ pid: process.pid }));
    // No record, but the mark of a daemon that has lent browsers here.
    write('state/run/brokered');
    const daemon = async () => ({ pid: gone.pid ?? 0, port: 1, version: '2.0.0' });
    expect(await findingsOf('state', { daemon })).toEqual([
      finding('note', /daemon \d+ ended/, /takes them over/),
      finding('note', /slot-0\.json/, /launch-pool/),
    ]);
  });

  it('waits for whoever is working on the slot of such a record', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    write('state/run/slot-0.json', JSON.stringify({ pid: gone.pid }));
    const lock = await takeKernelLock(write('state/locks/slot-0.lock'));
    expect(await findingsOf('state')).toEqual([finding('ok', /ours alone/)]);
    await lock?.release();
    expect(await findingsOf('state')).toEqual([finding('note', /slot-0\.json/, /launch-pool/)]);
  });

  it('does not report a daemon that ends in order while it looks', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    const files = [{ pid: gone.pid ?? 0, port: 1, version: '2.0.0' }];
    expect(await findingsOf('state', { daemon: async () => files.shift() })).toEqual([
      finding('ok', /ours alone/),
    ]);
  });
});

describe('ports', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => server.close());
  const here = { systemRoot: '/', platform: process.platform, run: runCommand } as const;

  it('names the stranger on a port that a slot wants', async () => {
    const [found, ...others] = await findingsOf('ports', { ...here, cdpBase: port, poolSize: 1 });
    expect(found).toEqual(
      finding(
        'warning',
        new RegExp(`Port ${port}, which slot 0 wants, is taken by .+ ${process.pid}\\.`),
        /ESCARP_CDP_BASE/,
      ),
    );
    expect(others).toEqual([]);
  });

  it('finds nothing wrong with one that a browser of ours holds of which there is no record yet', async () => {
    const child = spawn(
      process.execPath,
      [
        '-e',
        "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })",
      ],
      {
        env: { ESCARP_SLOT_PROFILE: join(folder, 'state/profiles/autonomous/slot-0') },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const cdpBase = Number(line.toString());
      expect(await findingsOf('ports', { ...here, cdpBase, poolSize: 1 })).toEqual([
        finding('ok', /free or ours/),
      ]);
      expect(
        await findingsOf('ports', { ...here, cdpBase, poolSize: 1, stateDirectory: '/elsewhere' }),
      ).toEqual([finding('warning', /slot 0 wants/, /ESCARP_CDP_BASE/)]);
    } finally {
      child.kill();
    }
  });

  it('finds nothing wrong with a port that our own browser or daemon holds', async () => {
    write('state/run/slot-0.json', JSON.stringify({ pid: process.pid }));
    expect(await findingsOf('ports', { ...here, cdpBase: port, poolSize: 1 })).toEqual([
      finding('ok', /free or ours/),
    ]);
    rmSync(join(folder, 'state/run'), { recursive: true });
    const daemon = async () => ({ pid: process.pid, port, version: '2.0.0' });
    expect(await findingsOf('ports', { ...here, apiPort: port, daemon })).toEqual([
      finding('ok', /free or ours/),
    ]);
  });

  it('says that the daemon steps over a taken port of its own', async () => {
    expect(await findingsOf('ports', { ...here, apiPort: port })).toEqual([finding('note', /step over/)]);
  });

  it('does not know the owner of a port of another user', async () => {
    write(
      'proc/net/tcp',
      `sl local rem st\n 0: 0100007F:0002 0:0 0A 0 0 0 0 0 777 1\n 1: 0100007F:0001 0:0 01 0 0 0 0 0 778 1\n`,
    );
    expect(await findingsOf('ports')).toEqual([
      finding('warning', /Port 2, .* another user/, /ESCARP_CDP_BASE/),
    ]);
  });

  it('asks lsof on macOS', async () => {
    const run = async () => ({
      exitCode: 0,
      stdout: 'p42\ncnginx\nf6\nn127.0.0.1:2\np43\ncother\nf1\nn*:99\n',
      stderr: '',
    });
    expect(await findingsOf('ports', { platform: 'darwin', run })).toEqual([
      finding('warning', /nginx 42/, /ESCARP_CDP_BASE/),
    ]);
  });
});

describe('what a state directory left running', () => {
  const everywhere = { systemRoot: '/' };
  let home: string;
  beforeEach(() => {
    home = join(folder, 'former');
    mkdirSync(join(home, 'logs'), { recursive: true });
    mkdirSync(join(home, 'locks'));
    writeFileSync(join(home, 'instance'), '7d0f2a4c\n');
  });

  /** Stands in for a browser: its mark is on its command line, and its output is in the slot's log. */
  function startBrowser(...args: string[]) {
    const { dev, ino } = lstatSync(home);
    const log = openSync(join(home, 'logs/chrome-slot-0.log'), 'w');
    const mark = `--escarp-owner=7d0f2a4c.${dev}.${ino}/launch`;
    const stay = ['-e', "console.log('here'); process.stdin.resume()", '--', mark, ...args];
    const child = spawn(process.execPath, stay, { stdio: ['pipe', log, 'inherit'] });
    closeSync(log);
    return child;
  }

  it('is a browser whose state directory was deleted, or replaced by another', async ({ skip }) => {
    if (process.platform !== 'linux') skip();
    const child = startBrowser();
    const helper = startBrowser('--type=renderer');
    const told = finding(
      'warning',
      new RegExp(`^Chrome ${child.pid} .*former`),
      new RegExp(`^kill ${child.pid}$`),
    );
    try {
      await expect.poll(() => readFileSync(join(home, 'logs/chrome-slot-0.log'), 'utf8')).toMatch(/here/);
      expect(await findingsOf('orphans', everywhere)).not.toContainEqual(told);
      rmSync(join(home, 'logs'), { recursive: true });
      expect(await findingsOf('orphans', everywhere)).not.toContainEqual(told);
      rmSync(home, { recursive: true });
      expect(await findingsOf('orphans', everywhere)).toContainEqual(told);
      mkdirSync(home);
      writeFileSync(join(home, 'instance'), '94e1b3d8\n');
      const found = await findingsOf('orphans', everywhere);
      expect(found).toContainEqual(told);
      expect(found.filter(({ what }) => what.includes(` ${helper.pid} `))).toEqual([]);
    } finally {
      child.kill();
      helper.kill();
    }
  });

  it('is a daemon that holds a state directory open which was deleted', async ({ skip }) => {
    if (process.platform !== 'linux') skip();
    const program = write('bin/escarp-daemon.js', "console.log('here'); process.stdin.resume()");
    const held = [home, join(home, 'locks')].map((path) => openSync(path, 'r'));
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit', ...held] });
    for (const descriptor of held) closeSync(descriptor);
    const told = finding(
      'warning',
      new RegExp(`^Daemon ${child.pid} .*former`),
      new RegExp(`^kill ${child.pid}$`),
    );
    try {
      await once(child.stdout!, 'data');
      expect(await findingsOf('orphans', everywhere)).not.toContainEqual(told);
      rmSync(home, { recursive: true });
      expect(await findingsOf('orphans', everywhere)).toContainEqual(told);
    } finally {
      child.kill();
    }
  });

  it('is nothing on a machine where nothing was left, and no question on macOS', async () => {
    expect(await findingsOf('orphans')).toEqual([finding('ok', /Nothing was left/)]);
    expect(await findingsOf('orphans', { platform: 'darwin' })).toEqual([]);
  });
});

describe('what else the doctor looks at', () => {
  it('displays on Linux', async () => {
    expect(await findingsOf('displays')).toEqual([finding('note', /only be headless/, /tigervnc/)]);
    write('bin/Xvnc', '', 0o755);
    expect(await findingsOf('displays')).toEqual([finding('ok', /display each/)]);
  });

  it('permissions on macOS', async () => {
    const macPermissions = async () => [
      { name: 'Accessibility', granted: false },
      { name: 'Screen Recording', granted: true },
    ];
    expect(await findingsOf('permissions', { macPermissions })).toEqual([]);
    expect(await findingsOf('permissions', { platform: 'darwin', macPermissions })).toEqual([
      finding('warning', /Accessibility is not/, /System Settings/),
      finding('ok', /Screen Recording/),
    ]);
  });

  it.each([
    ['no space', { bavail: 0 }, finding('problem', /is full/, /another disk/)],
    ['no room for another file', { ffree: 0 }, finding('problem', /is full/, /another disk/)],
    ['space for one slot of two', { bavail: 15_000 }, finding('warning', /61 MB left, too little/, /Free/)],
    ['files that are not counted', { files: 0, ffree: 0 }, finding('ok', /left\.$/)],
  ])('a disk with %s', async (_, differences, expected) => {
    const fileSystem = async () => ({ bsize: 4096, bavail: 1e9, files: 1e6, ffree: 1e6, ...differences });
    expect(await findingsOf('disk-space', { fileSystem })).toEqual([expected]);
  });

  it('the disk of a state directory that is not made yet', async () => {
    expect(await fileSystemOf(join(folder, 'not', 'yet'))).toMatchObject({ bsize: expect.any(Number) });
  });

  it('slots that have failed, each with its cause', async () => {
    expect(await findingsOf('failed-slots')).toEqual([]);
    const failed = async () => [{ slot: 3, lastError: 'The disk is full.' }];
    expect(await findingsOf('failed-slots', { failedSlots: failed })).toEqual([
      finding('warning', /Slot 3 .* The disk is full/, /escarp logs --slot 3/),
    ]);
  });

  it('a pool that was brought up with spares', async () => {
    expect(await findingsOf('spares')).toEqual([]);
    const state = { isOn: false, reason: 'Memory is short.' };
    expect(await findingsOf('spares', { spares: async () => state })).toEqual([
      finding('note', /No spares .* Memory is short/, /escarp up/),
    ]);
    const on = { isOn: true, reason: null };
    expect(await findingsOf('spares', { spares: async () => on })).toEqual([finding('ok', /spares/)]);
  });

  it('a daemon of another version', async () => {
    expect(await findingsOf('daemon')).toEqual([finding('note', /No daemon/, /escarp up/)]);
    const daemon = (version: string) => async () => ({ pid: process.pid, port: 7878, version });
    expect(await findingsOf('daemon', { daemon: daemon('2.0.0') })).toEqual([finding('ok', /port 7878/)]);
    expect(await findingsOf('daemon', { daemon: daemon('1.9.0') })).toEqual([
      finding('warning', /1\.9\.0.*2\.0\.0/, /daemon stop/),
    ]);
  });

  it('shared memory on Linux', async () => {
    expect(await findingsOf('shared-memory')).toEqual([finding('note', /no \/dev\/shm/)]);
    mkdirSync(join(folder, 'dev/shm'), { recursive: true });
    expect((await findingsOf('shared-memory', { poolSize: 2 ** 40 }))[0]).toEqual(
      finding('warning', /tabs may crash/, /shm-size/),
    );
  });
});
