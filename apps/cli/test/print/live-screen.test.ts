import { describe, expect, it } from 'vitest';
import { createLiveScreen } from '../../src/print/live-screen.js';

function recorder(isTTY: boolean, rows = 24) {
  const written: string[] = [];
  return { isTTY, rows, written, write: (text: string) => written.push(text) };
}

describe('the live screen on a terminal', () => {
  it('goes to the alternate screen with the first lines and leaves it once', () => {
    const output = recorder(true);
    const screen = createLiveScreen(output);
    screen.close();
    expect(output.written).toEqual([]);

    const again = createLiveScreen(output);
    again.show(['one']);
    again.close();
    again.close();
    again.show(['two']);
    const text = output.written.join('');
    expect(text.split('\u001b[?1049h')).toHaveLength(2);
    expect(text.split('\u001b[?1049l')).toHaveLength(2);
    expect(text.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  });

  it('writes only the lines that changed, and wipes those that are gone', () => {
    const output = recorder(true);
    const screen = createLiveScreen(output);
    screen.show(['head', 'slot 0', 'slot 1']);
    output.written.length = 0;

    screen.show(['head', 'slot 0', 'slot 1']);
    expect(output.written).toEqual([]);

    screen.show(['head', 'slot 9']);
    const text = output.written.join('');
    expect(text).not.toContain('head');
    expect(text).toContain('\u001b[2;1H\u001b[2Kslot 9');
    expect(text).toContain('\u001b[3;1H\u001b[2K');
    expect(text).not.toContain('\u001b[2J');
  });

  it('draws everything again after the terminal changed its size, and no more lines than it has', () => {
    const output = recorder(true, 2);
    const screen = createLiveScreen(output);
    screen.show(['a', 'b', 'c']);
    output.written.length = 0;
    screen.redraw();
    screen.show(['a', 'b', 'c']);
    const text = output.written.join('');
    expect(text).toContain('\u001b[2J');
    expect(text).toContain('\u001b[2Ka');
    expect(text).toContain('\u001b[2Kb');
    expect(text).not.toContain('c\u001b');
  });
});

describe('the live screen in a pipe', () => {
  it('prints each new state once, with no escape sequence', () => {
    const output = recorder(false);
    const screen = createLiveScreen(output);
    screen.show(['one']);
    screen.show(['one']);
    screen.show(['two']);
    screen.close();
    expect(output.written).toEqual(['one\n', '\ntwo\n']);
  });
});
