import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import type { EscarpHome } from '../escarp-home.js';
import { shownOnTerminal, startOnTerminal } from '../terminal.js';

export function onTerminal(pool: () => EscarpHome): void {
  describe('on a terminal', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    beforeAll(async () => {
      home = pool();
      await home.run(['acquire', '--holder', 'a holder with a long name 🦊 漢字', '--ttl', '3600']);
    });
    afterAll(async () => void (await home.run(['release', '--all'])));

    it.each([40, 60, 80, 120])('the status fits %i columns, and still says what matters', async (columns) => {
      const shown = await shownOnTerminal(home, ['status'], columns);
      const lines = stripVTControlCharacters(shown).split('\n');
      expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
      expect(shown).toContain('\u001b[');
      expect(shown).toContain('leased');
      expect(shown).toContain('a holder');
    });

    it('has no colours if NO_COLOR is set', async () => {
      const plain = { ...home, env: { ...home.env, NO_COLOR: '1' } };
      expect(await shownOnTerminal(plain, ['status'], 80)).not.toContain('\u001b');
    });

    it('shows the status live, and gives the terminal back at Ctrl-C', async () => {
      const child = startOnTerminal(home, ['status', '--watch'], 60);
      let shown = '';
      let interrupted = false;
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk.toString();
        // The time until the lease's end is shown, so other states are sure to follow; some may change the width of a column.
        if (!interrupted && updatesIn(shown).slice(1, -1).some(isPartial)) {
          interrupted = true;
          child.stdin.write('\u0003');
        }
      });
      const [code]: number[] = await once(child, 'close');
      expect(code).toBe(130);
      expect(shown).toContain('\u001b[?1049h');
      expect(shown.trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
      // Without flicker: not every update draws everything, and after the first nothing is ever erased as a whole.
      const updates = updatesIn(shown);
      expect(updates.slice(1).some(isPartial)).toBe(true);
      expect(updates.slice(1).join('')).not.toContain('\u001b[2J');
    });

    it('wraps help', async () => {
      const shown = await shownOnTerminal(home, ['--help'], 44);
      expect(shown.split('\n').filter((line) => stringWidth(line) > 44)).toEqual([]);
    });
  });
}

function updatesIn(shown: string): string[] {
  return shown.split('\u001b[?2026h').slice(1);
}

function isPartial(update: string): boolean {
  return !update.includes('SLOT');
}
