import { expect, it } from 'vitest';
import { parseTable } from '../../src/process/darwin-process-table.js';

it('reads what ps prints on macOS, and leaves zombies out', () => {
  const printed = `    1 Ss   Mon Jan  5 10:00:00 2026     /sbin/launchd
  812 T    Mon Jan  5 10:02:03 2026     /Applications/Escarp Chrome Slot 0.app/Contents/MacOS/Chrome --user-data-dir=/u/p --x
  813 Z    Mon Jan  5 10:02:04 2026     (Chrome Helper)
`;
  expect(parseTable(printed)).toEqual([
    { pid: 1, startedAt: 'Mon Jan 5 10:00:00 2026', isStopped: false, commandLine: '/sbin/launchd' },
    {
      pid: 812,
      startedAt: 'Mon Jan 5 10:02:03 2026',
      isStopped: true,
      commandLine: '/Applications/Escarp Chrome Slot 0.app/Contents/MacOS/Chrome --user-data-dir=/u/p --x',
    },
  ]);
});
