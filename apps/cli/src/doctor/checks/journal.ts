import { checkJournal, DaemonError, isAlive, refuseUnfitHome, stateDirectory } from '@escarp/broker';
import { ok, problem, type Check } from '../finding.js';

/** A damaged journal keeps the daemon from starting. One that runs has read it, and writes to it now. */
export const journal: Check = {
  id: 'journal',
  async run({ stateDirectory: home, daemon }) {
    const running = await daemon();
    if (running !== undefined && isAlive(running.pid)) return [];
    const unfit = await refuseUnfitHome(home).catch((error: unknown) => error);
    // Another check says so.
    if (unfit !== undefined) return [];
    try {
      return (await checkJournal(stateDirectory(home).journal)) ? [ok('The journal can be read.')] : [];
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      return [problem(error.message, error.hint)];
    }
  },
};
