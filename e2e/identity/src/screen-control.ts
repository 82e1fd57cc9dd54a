import { fileURLToPath } from 'node:url';
import type { EscarpHome, Json } from '../../src/escarp-home.js';
import type { Program } from '../../src/program.js';

const actor = fileURLToPath(new URL('x-actor.mjs', import.meta.url));

/** An agent's screen control, which knows of a slot what its lease says and nothing else. */
export class ScreenControl {
  readonly #home: EscarpHome;
  readonly #environment: Record<string, string>;

  constructor(home: EscarpHome, lease: Json) {
    this.#home = home;
    this.#environment = {
      DISPLAY: String(lease['display']),
      XAUTHORITY: String(lease['display_authority']),
    };
  }

  /** Says where the pointer is after the click, in the screen's coordinates. */
  async click(x: number, y: number): Promise<Json> {
    return this.#ask('click', x, y);
  }

  /** The pid and the classes that a window names itself. */
  async ownerOf(windowId: number): Promise<Json> {
    return this.#ask('owner', windowId);
  }

  /** Puts another program's window over the whole screen. Ends with that program's standard input. */
  async cover(): Promise<Program> {
    const program = this.#home.start(['node', actor, 'cover'], this.#environment);
    await program.until(/null/);
    return program;
  }

  async #ask(action: string, ...numbers: number[]): Promise<Json> {
    const command = ['node', actor, action, ...numbers.map(String)];
    const { exitCode, stdout, stderr } = await this.#home.run(command, this.#environment);
    if (exitCode !== 0) throw new Error(`${action} on ${this.#environment['DISPLAY']}: ${stderr}`);
    const answer: Json = JSON.parse(stdout);
    return answer;
  }
}
