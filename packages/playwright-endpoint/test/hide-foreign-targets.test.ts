import { describe, expect, it } from 'vitest';
import { hideForeignTargets } from '../src/program/hide-foreign-targets.js';

const attached = (sessionId: string, browserContextId: string, more: object = {}) => ({
  method: 'Target.attachedToTarget',
  params: {
    sessionId,
    targetInfo: { targetId: 'T', type: 'page', browserContextId },
    waitingForDebugger: false,
  },
  ...more,
});

describe('targets of other contexts', () => {
  const sent: unknown[] = [];
  const isHidden = hideForeignTargets((command) => sent.push(JSON.parse(command)));
  const hides = (message: object): boolean => isHidden(Buffer.from(JSON.stringify(message)));

  it("are hidden, and detached from, unlike those of the client's own", () => {
    expect(hides({ id: 3, result: { browserContextId: 'OWN' } })).toBe(false);
    expect(hides(attached('own', 'OWN'))).toBe(false);
    expect(sent).toEqual([]);
    expect(hides(attached('foreign', 'OTHER'))).toBe(true);
    expect(sent).toEqual([
      { id: expect.any(Number), method: 'Target.detachFromTarget', params: { sessionId: 'foreign' } },
    ]);
  });

  it('leave no answer and no detachment behind that the client did not ask for', () => {
    const [{ id } = { id: 0 }] = sent as { id: number }[];
    expect(hides({ id, result: {} })).toBe(true);
    expect(hides({ method: 'Target.detachedFromTarget', params: { sessionId: 'foreign' } })).toBe(true);
    expect(hides({ method: 'Target.detachedFromTarget', params: { sessionId: 'own' } })).toBe(false);
  });

  it('are not the frames and workers of a page', () => {
    expect(hides(attached('frame', 'OTHER', { sessionId: 'own' }))).toBe(false);
  });

  it('are not looked for in what pages say', () => {
    const page = {
      method: 'Runtime.consoleAPICalled',
      params: { args: ['Target.attachedToTarget'] },
      sessionId: 'own',
    };
    expect(hides(page)).toBe(false);
    expect(hides({ id: 4, result: { data: `${'x'.repeat(200)}"browserContextId"` } })).toBe(false);
  });
});
