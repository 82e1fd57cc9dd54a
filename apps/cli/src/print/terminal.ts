/** What the destination of printed text can do. */
export interface Terminal {
  /** Columns that a line may occupy; `Infinity` where nothing wraps, as in a pipe or a file. */
  readonly columns: number;
  readonly colours: boolean;
  readonly unicode: boolean;
}

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const columnsUnknown = 80;

/**
 * Colours and Unicode only on a terminal; wherever it is set, NO_COLOR decides against colours (https://no-color.org).
 */
export function terminalOf(output: Output, env: Readonly<Record<string, string | undefined>>): Terminal {
  if (output.isTTY !== true) return { columns: Infinity, colours: false, unicode: false };
  const capable = env['TERM'] !== 'dumb';
  return {
    // A terminal that does not know its size reports 0.
    columns: output.columns || columnsUnknown,
    colours: capable && !env['NO_COLOR'],
    unicode: capable && /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''),
  };
}
