import * as v from 'valibot';
import { expect, test } from 'vitest';
import { holderFields } from '../src/slot-fields.js';
import { slotEntries } from '../src/slot-view.js';

test('the contract describes exactly the fields withheld from others as being for the holder', () => {
  const saidSo = Object.entries(slotEntries)
    .filter(([, entry]) => v.getDescription(entry)?.includes('everyone but its holder'))
    .map(([name]) => name);
  expect(saidSo.toSorted()).toEqual(holderFields.toSorted());
});
