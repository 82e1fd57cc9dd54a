import { placedCommands, type CommandSpec, type OptionSpec, type PlacedCommand } from './command-table.js';

/** A script for bash 3.2 and newer, to be sourced. It starts no program when TAB is pressed. */
export function bashCompletion(program: CommandSpec): string {
  const { name } = program;
  const placed = placedCommands(program);
  const paths = placed.filter(({ path }) => path !== '').map(({ path }) => path);
  return `# ${name} completion for bash: source <(${name} completion bash)
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' words='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] && return
    case $path/\${COMP_WORDS[i]} in
      ${paths.join('|')}) path=$path/\${COMP_WORDS[i]} ;;
    esac
  done
  case $path:$prev in
${placed.flatMap(valueCases).join('\n')}
  esac
  case $path in
${placed.map(wordCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _${name} ${name}
`;
}

function valueCases({ path, command }: PlacedCommand): string[] {
  return (command.options ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [`    ${path}:--${name}) ${valueAction(value)} return ;;`],
  );
}

/** An empty reply falls through to bash's own completion of file names. */
function valueAction(value: NonNullable<OptionSpec['value']>): string {
  return typeof value === 'string' ? '' : `COMPREPLY=($(compgen -W '${value.join(' ')}' -- "$cur"));`;
}

function wordCase({ path, command }: PlacedCommand): string {
  const words = [
    ...(command.commands ?? []).map(({ name }) => name),
    ...(command.words ?? []),
    ...(command.options ?? []).map(({ name }) => `--${name}`),
  ];
  return `    '${path}') words='${words.join(' ')}' ;;`;
}
