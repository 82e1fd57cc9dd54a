export interface ScreenOutput {
  readonly isTTY?: boolean;
  readonly rows?: number;
  write(text: string): unknown;
}

/** A screen that is redrawn in place. */
export interface LiveScreen {
  /** Shows these lines instead of the previous ones. They must fit the terminal's columns. */
  show(lines: readonly string[]): void;
  /** Forgets what is on the screen, so that the next `show` draws all of it, as is necessary after a change of size. */
  redraw(): void;
  /** Restores the terminal. Must be called before every kind of exit; calling it again does no harm. */
  close(): void;
}

const escape = '\u001b[';
const enter = `${escape}?1049h${escape}?25l${escape}2J`;
const leave = `${escape}?25h${escape}?1049l`;
// Terminals that know this mode show the whole update at once; the others ignore it.
const hold = `${escape}?2026h`;
const release = `${escape}?2026l`;
// Before the text: after a line that fills its row, some terminals would erase its last character.
const clearLine = `${escape}2K`;

/**
 * On a terminal: the alternate screen, where only changed lines are written. Elsewhere, as in a pipe or a log: each
 * state that differs from the previous one is printed below it.
 */
export function createLiveScreen(output: ScreenOutput): LiveScreen {
  return output.isTTY === true ? terminalScreen(output) : scroll(output);
}

function terminalScreen(output: ScreenOutput): LiveScreen {
  let shown: readonly string[] = [];
  let state: 'new' | 'open' | 'closed' = 'new';
  return {
    show(lines) {
      if (state === 'closed') return;
      const visible = lines.slice(0, output.rows || lines.length);
      const update = difference(shown, visible);
      shown = visible;
      if (state === 'new') output.write(enter);
      state = 'open';
      if (update !== '') output.write(`${hold}${update}${release}`);
    },
    redraw() {
      shown = [];
      if (state === 'open') output.write(`${escape}2J`);
    },
    close() {
      if (state === 'open') output.write(leave);
      state = 'closed';
    },
  };
}

/** What to write to turn the lines on the screen into the new ones. */
function difference(shown: readonly string[], wanted: readonly string[]): string {
  const changed: string[] = [];
  for (let row = 0; row < Math.max(shown.length, wanted.length); row += 1) {
    const line = wanted[row] ?? '';
    if (line !== (shown[row] ?? '')) changed.push(`${escape}${row + 1};1H${clearLine}${line}`);
  }
  return changed.join('');
}

function scroll(output: ScreenOutput): LiveScreen {
  let shown: string | undefined;
  return {
    show(lines) {
      const text = lines.join('\n');
      if (text === shown) return;
      output.write(shown === undefined ? `${text}\n` : `\n${text}\n`);
      shown = text;
    },
    redraw() {},
    close() {},
  };
}
