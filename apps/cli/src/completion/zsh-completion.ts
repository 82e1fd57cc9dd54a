import { placedCommands, type CommandSpec, type OptionSpec, type PlacedCommand } from './command-table.js';

/** A function for zsh, to be sourced after compinit or put on the fpath as `_<program>`. */
export function zshCompletion(program: CommandSpec): string {
  const { name } = program;
  const placed = placedCommands(program);
  const paths = placed.filter(({ path }) => path !== '').map(({ path }) => path);
  return `#compdef ${name}
# ${name} completion for zsh: source <(${name} completion zsh)
_${name}() {
  local at='' word
  local -a choices
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == -- ]] && { _default; return }
    case $at/$word in
      (${paths.join('|')}) at=$at/$word ;;
    esac
  done
  case $at:\${words[CURRENT-1]} in
${placed.flatMap(valueCases).join('\n')}
  esac
  case $at in
${placed.map(choiceCase).join('\n')}
  esac
  _describe '${name}' choices
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function valueCases({ path, command }: PlacedCommand): string[] {
  return (command.options ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [`    (${path}:--${name}) ${valueAction(value)}; return ;;`],
  );
}

function valueAction(value: NonNullable<OptionSpec['value']>): string {
  if (value === 'file') return '_files';
  return value === 'any' ? `_message 'value'` : `compadd -- ${value.join(' ')}`;
}

function choiceCase({ path, command }: PlacedCommand): string {
  const choices = [
    ...(command.commands ?? []).map(({ name, summary }) => choice(name, summary)),
    ...(command.words ?? []).map((word) => choice(word, '')),
    ...(command.options ?? []).map(({ name, summary }) => choice(`--${name}`, summary)),
  ];
  return `    ('${path}') choices=(${choices.join(' ')}) ;;`;
}

/** A colon ends the word and starts its description, so one in a word is escaped. */
function choice(word: string, summary: string): string {
  const text = summary === '' ? word : `${word.replaceAll(':', String.raw`\:`)}:${summary}`;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
