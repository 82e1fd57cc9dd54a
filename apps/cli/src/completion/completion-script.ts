import yargs from 'yargs';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The script that makes `shell` ask this program for completions when TAB is pressed. */
export function completionScript(shell: Shell): string {
  let script = '';
  // yargs reads from it which shell to write for, and to answer; the shell that is running need not be the user's login
  // shell.
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
      // The script leaves out the word that is being typed.
      .replace('(commandline -o)[2..-1]', '(commandline -opc) (commandline -ct)')
      .replaceAll('escarp --get-yargs-completions', `SHELL=${shell} escarp --get-yargs-completions`)
      .replaceAll(/(Installation: escarp completion|or escarp completion)/g, `$1 ${shell}`)
      .trimEnd()
  );
}
