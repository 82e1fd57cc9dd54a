import { placedCommands, type CommandSpec, type OptionSpec, type PlacedCommand } from './command-table.js';

/** Rules for fish, to be sourced. */
export function fishCompletion(program: CommandSpec): string {
  const { name } = program;
  const placed = placedCommands(program);
  const paths = placed.filter(({ path }) => path !== '').map(({ path }) => path);
  return `# ${name} completion for fish: ${name} completion fish | source
function __${name}_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        if test "$word" = --
            return 1
        end
        switch "$at/$word"
            case ${paths.join(' ')}
                set at "$at/$word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c ${name} -e
complete -c ${name} -f
${placed.flatMap((one) => rules(name, one)).join('\n')}
`;
}

function rules(program: string, { path, command }: PlacedCommand): string[] {
  const rule = `complete -c ${program} -n ${quoted(`__${program}_at ${quoted(path)}`)}`;
  return [
    ...(command.commands ?? []).map(({ name, summary }) => `${rule} -a ${name} -d ${quoted(summary)}`),
    ...(command.words ?? []).map((word) => `${rule} -a ${word}`),
    ...(command.options ?? []).map(
      (option) => `${rule} -l ${option.name}${valueFlags(option)} -d ${quoted(option.summary)}`,
    ),
  ];
}

function valueFlags({ value }: OptionSpec): string {
  if (value === undefined) return '';
  if (value === 'file') return ' -r -F';
  return value === 'any' ? ' -x' : ` -x -a ${quoted(value.join(' '))}`;
}

const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
