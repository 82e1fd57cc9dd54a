import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../src/definition.js';
import { program } from '../src/definitions.js';
import { helpText } from '../src/help.js';

/** The path to every command from here on down. */
function below(path: readonly Definition[]): Definition[][] {
  return [[...path], ...(path.at(-1)?.commands ?? []).flatMap((one) => below([...path, one]))];
}

describe('help', () => {
  it.each([44, 60, 80, 100])('of every command fits %i columns and names its options', async (columns) => {
    for (const path of below([program])) {
      const text = await helpText(path, columns);
      const wide = text.split('\n').filter((line) => stringWidth(line) > columns);
      expect(wide).toEqual([]);
      // In fewer columns a long name takes up two lines of its column.
      if (columns < 60) continue;
      for (const { name } of path.at(-1)?.options ?? [])
        expect(text).toMatch(new RegExp(String.raw`--${name}\s`));
    }
  });
});
