import { expect, test } from 'vitest';
import { withXConnection } from '../../src/linux/x-connection.js';
import { atom, readProperty } from '../../src/linux/x-property.js';
import { openSlotHome } from '../linux-fixture.js';

test(
  'a name learnt on one display is not taken for its number on another',
  { tags: ['browser'] },
  async () => {
    const slots = await openSlotHome();
    const [first, second] = [await slots.xTarget(0), await slots.xTarget(1)];
    const numberOnFirst = await withXConnection(first, async (x) => {
      for (const name of ['_FILLER_A', '_FILLER_B', '_FILLER_C']) await atom(x, name);
      return atom(x, '_ESCARP_TEST');
    });
    await withXConnection(second, async (x) => {
      expect(await atom(x, '_ESCARP_TEST')).not.toBe(numberOnFirst);
      expect(await readProperty(x, x.screen.root, '_ESCARP_TEST')).toBeNull();
    });
    await slots.close();
  },
);
