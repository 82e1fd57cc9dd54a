import { leftBehind, resetPolicies, resetPromises, resetSentence } from '@escarp/contract';
import { describe, expect, it } from 'vitest';
import { acquireInstructions, serverInstructions } from '../../src/mcp/texts.js';
import { toolList } from '../../src/mcp/tools.js';
import { lease } from '../sample-views.js';

describe('what an agent is told about the reset', () => {
  it.each(resetPolicies)('is the sentence of %s if that is the slot’s policy', (resetPolicy) => {
    const told = acquireInstructions(lease({ resetPolicy }));
    expect(told).toContain(resetSentence(resetPolicy, 'autonomous'));
    for (const other of resetPolicies.filter((policy) => policy !== resetPolicy))
      expect(told).not.toContain(resetPromises[other].does);
    for (const left of leftBehind(resetPolicy)) expect(told).toContain(left);
  });

  it('is less for a supervised slot, whose profile is kept even by recycle', () => {
    const told = acquireInstructions(lease({ resetPolicy: 'recycle', tier: 'supervised' }));
    expect(told).not.toContain(resetPromises.recycle.does);
    expect(told).toContain('stays');
  });

  it('is in no text that does not depend on the slot', () => {
    expect(serverInstructions + JSON.stringify(toolList())).not.toMatch(/eras|wipe|clean|everything/i);
  });
});
