import type { Definition } from '../../src/definition.js';
import { commonOptions } from '../../src/definition.js';
import type { HelpRow } from '../../src/help.js';
import { helpOf } from '../../src/help.js';

const introduction = `# Command line

Every command finds the daemon by \`ESCARP_BROKER_URL\`, else by \`daemon.json\` in \`ESCARP_HOME\` (default \`~/.escarp\`), else on
port 7878, 7888, and so on up to 7978. With \`--json\`, a command prints exactly one JSON document on standard output. After a
failure this document has \`error\`, \`message\` and \`hint\`, and standard error is empty. \`--verbose\` adds the stack trace of a
failure. Colours and Unicode appear only on terminals, and colours only if \`NO_COLOR\` is not set.

| exit code | meaning                                        |
| --------- | ---------------------------------------------- |
| 0         | done                                           |
| 1         | failed                                         |
| 2         | not understood, or no daemon                   |
| 3         | refused: full, busy, or leased                 |
| 4         | window or focus not verified                   |
| 5         | the lease has ended, or is not yours           |
| 7         | no browser, or it would not start              |
| 51        | nowhere to show a window for a sign-in         |
| 52        | the login is signed in already                 |
| 130       | interrupted                                    |

Most of a command's time goes into starting Node and loading the program: \`escarp status\` takes about 3 times the processor
time of a bare \`node -e 0\`, and \`acquire\` and \`release\` together about 7 times. The elapsed time is longer if the daemon
shares two cores with the command: see the [benchmarks](benchmarks.md). To lease often, or in a loop, use [HTTP](http.md), which
starts no program.

Shell completions: \`eval "$(escarp completion bash)"\` in \`~/.bashrc\` (bash 4 or newer), \`eval "$(escarp completion zsh)"\` in
\`~/.zshrc\` after \`compinit\`, and \`escarp completion fish > ~/.config/fish/completions/escarp.fish\`.

\`pnpm docs\` generates this page from the table in \`apps/cli/src/definitions.ts\`.
`;

/** Every command as the Markdown of `docs/cli.md`. */
export function cliPage(program: Definition): string {
  const commands = (program.commands ?? []).flatMap((command) => sections([program, command]));
  const common = commonOptions.map(({ name, summary }) => `\`--${name}\` (${summary.toLowerCase()})`);
  return `${introduction}\nAll commands take ${common.join(', ')}.\n\n${commands.join('\n')}`;
}

function sections(path: readonly Definition[]): string[] {
  const { usage, summary, options, examples } = helpOf(path);
  const below = (path.at(-1)?.commands ?? []).flatMap((command) => sections([...path, command]));
  const title = path
    .slice(1)
    .map(({ name }) => name)
    .join(' ');
  const own = `## ${title}\n\n${summary}.\n\n\`\`\`text\n${usage}\n\`\`\`\n${list(options)}${shown(examples)}`;
  return [own, ...below];
}

const list = (rows: readonly HelpRow[]): string =>
  rows.length === 0 ? '' : `\n${rows.map(([term, meaning]) => `- \`${term}\` ${meaning}`).join('\n')}\n`;

function shown(examples: readonly HelpRow[]): string {
  if (examples.length === 0) return '';
  const width = Math.max(...examples.map(([command]) => command.length));
  const lines = examples.map(([command, meaning]) => `${command.padEnd(width)}  # ${meaning}`);
  return `\n\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`;
}
