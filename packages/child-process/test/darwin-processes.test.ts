import { expect, it } from 'vitest';
import { parseRows } from '../src/darwin-processes.js';

it('reads what ps prints on macOS, the environment of each at the end of its arguments, and leaves zombies out', () => {
  const printed = `    1     0     1 Ss   Mon Jan  5 10:00:00 2026     /sbin/launchd
  501     1   501 S    Mon Jan  5 10:00:00 2026 /bin/sh -c true HOME=/Users/me MARK=a
  502   501   501 Z    Mon Jan  5 10:00:01 2026 (sh)
  503   501   501 T+   Mon Jan  5 10:02:03 2026 /Applications/Escarp Chrome Slot 0.app/Contents/MacOS/Chrome --user-data-dir=/u/p --x
`;
  expect(parseRows(printed)).toMatchObject([
    { pid: 1, commandLine: '/sbin/launchd' },
    {
      pid: 501,
      parentPid: 1,
      sessionId: 501,
      startedAt: 'Mon Jan 5 10:00:00 2026',
      isStopped: false,
      commandLine: '/bin/sh -c true HOME=/Users/me MARK=a',
    },
    {
      pid: 503,
      isStopped: true,
      commandLine: '/Applications/Escarp Chrome Slot 0.app/Contents/MacOS/Chrome --user-data-dir=/u/p --x',
    },
  ]);
});
