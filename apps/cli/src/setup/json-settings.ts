import { applyEdits, modify, parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { SetupError } from './setup-error.js';

/** Reads JSON with comments. Empty text is an empty object. */
export function parseJsonSettings(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.trim() === '' ? '{}' : text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error === undefined) return value;
  const line = text.slice(0, error.offset).split('\n').length;
  throw new SetupError(
    'settings_unreadable',
    `The settings are not valid JSON: ${printParseErrorCode(error.error)} in line ${line}.`,
    'Mend the file, or move it away, and run setup again.',
  );
}

/** Sets or, with `undefined`, removes one member; comments, order and indentation stay. */
export function editJsonSettings(text: string, path: readonly [string, string], value: unknown): string {
  const base = text.trim() === '' ? '{}\n' : text;
  const formattingOptions = { ...indentationOf(base), eol: base.includes('\r\n') ? '\r\n' : '\n' };
  return applyEdits(base, modify(base, [...path], value, { formattingOptions }));
}

function indentationOf(text: string): { insertSpaces: boolean; tabSize: number } {
  const indentation = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indentation.startsWith('\t'),
    tabSize: indentation.startsWith('\t') ? 1 : indentation.length,
  };
}
