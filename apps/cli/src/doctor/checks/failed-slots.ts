import { warning, type Check } from '../finding.js';

/** Says which slots of the running pool cannot be leased, and why. */
export const failedSlots: Check = {
  id: 'failed-slots',
  async run({ failedSlots: ask }) {
    return (await ask()).map(({ slot, lastError }) =>
      warning(
        `Slot ${slot} has failed and is tried again: ${lastError ?? 'the cause is not known.'}`,
        `escarp logs --slot ${slot} shows what its browser wrote, and escarp logs what the daemon did.`,
      ),
    );
  },
};
