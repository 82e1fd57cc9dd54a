import type { EscarpHome } from '../../src/escarp-home.js';

/** Brings up the pool of a state directory with a display for each slot. */
export async function upOnDisplays(home: EscarpHome): Promise<void> {
  const { exitCode, stdout, stderr } = await home.escarp('up', '--displays');
  if (exitCode !== 0) throw new Error(`escarp up --displays: ${stdout}${stderr}`);
}
