import { expect, it } from 'vitest';
import { parseRows } from '../src/darwin-rows.js';

it('reads the rows of ps, the environment of each at the end of its arguments', () => {
  const text = `  501     1   501 S    Mon Jan  5 10:00:00 2026 /bin/sh -c true HOME=/Users/me MARK=a
  502   501   501 Z    Mon Jan  5 10:00:01 2026 (sh)
  503   501   501 T+   Mon Jan  5 10:00:02 2026 vim MARK=ab
`;
  expect(parseRows(text, 'MARK=a')).toMatchObject([
    {
      pid: 501,
      parentPid: 1,
      sessionId: 501,
      startedAt: 'Mon Jan 5 10:00:00 2026',
      isStopped: false,
      isMarked: true,
    },
    { pid: 503, isStopped: true, isMarked: false },
  ]);
});
