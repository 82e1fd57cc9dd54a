/** One command, as help, completion and suggestions know it. The program itself is the root. */
export interface CommandSpec {
  readonly name: string;
  /** One line, for people. */
  readonly summary: string;
  readonly options?: readonly OptionSpec[];
  readonly commands?: readonly CommandSpec[];
  /** Words that may stand as its argument, as the clients of `setup`. */
  readonly words?: readonly string[];
}

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly summary: string;
  /** What follows it; left out for a flag. */
  readonly value?: readonly string[] | 'file' | 'any';
}

/** A command with its place: `''` for the program, `/pool/add` for a command of a command. */
export interface PlacedCommand {
  readonly path: string;
  readonly command: CommandSpec;
}

/** The program and every command below it. */
export function placedCommands(command: CommandSpec, path = ''): PlacedCommand[] {
  const below = command.commands ?? [];
  return [{ path, command }, ...below.flatMap((child) => placedCommands(child, `${path}/${child.name}`))];
}
