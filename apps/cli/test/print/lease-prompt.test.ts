import { resetPolicies, resetSentence } from '@escarp/contract';
import type { LeaseView } from '@escarp/transport/client';
import { expect, it } from 'vitest';
import { leasePrompt } from '../../src/lease-prompt.js';

it.each(resetPolicies)('an agent is promised what %s does, and no more', (resetPolicy) => {
  const lease = { slot: 0, holder: 'ada', headless: true, resetPolicy, tier: 'autonomous', ports: {} };
  const prompt = leasePrompt(lease as unknown as LeaseView);
  expect(prompt).toContain(resetSentence(resetPolicy, 'autonomous'));
  expect(prompt).not.toMatch(/erase|wipe/);
});
