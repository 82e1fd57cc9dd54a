import yargs from 'yargs';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The script that makes `shell` ask this program, when TAB is pressed, what can come next. */
export function completionScript(shell: Shell): string {
  let script = '';
  // yargs looks there for the shell to write for, and to answer; the one that runs need not be the user's usual one.
  process.env['SHELL'] = shell;
  void yargs()
    .scriptName('escarp')
    .locale('en')
    .completion('completion')
    .parse(['completion'], (_error: unknown, _argv: unknown, output: string) => {
      script = output;
    });
  return (
    script
      // It leaves out the word that is being typed.
      .replace('(commandline -o)[2..-1]', '(commandline -opc) (commandline -ct)')
      .replaceAll('escarp --get-yargs-completions', `SHELL=${shell} escarp --get-yargs-completions`)
      .replaceAll(/(Installation: escarp completion|or escarp completion)/g, `$1 ${shell}`)
      .trimEnd()
  );
}
