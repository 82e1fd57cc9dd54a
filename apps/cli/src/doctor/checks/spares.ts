import { note, ok, type Check } from '../finding.js';

/** Says why a pool that was brought up with spares makes none; silent about one that was not. */
export const spares: Check = {
  id: 'spares',
  async run({ spares: ask }) {
    const state = await ask();
    if (state === undefined) return [];
    if (state.isOn) return [ok('Leased slots are given spares.')];
    const remedy =
      'Slots are recycled in the ordinary way. escarp daemon stop && escarp up tries again; with --no-spares it does not.';
    return [note(`No spares are made at the moment. ${state.reason ?? ''}`, remedy)];
  },
};
