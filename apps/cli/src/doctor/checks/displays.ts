import { findProgram } from '../../workstation.js';
import { note, ok, type Check } from '../finding.js';

export const displays: Check = {
  id: 'displays',
  async run(patient) {
    if (patient.platform !== 'linux') return [];
    const [xvnc, display] = [await findProgram('Xvnc', patient), patient.env['DISPLAY']];
    if (xvnc !== undefined) return [ok(`Xvnc is there (${xvnc}), so headed slots can have a display each.`)];
    const own = display ? `Headed slots can share the display ${display}` : 'Slots can only be headless';
    return [
      note(
        `${own}: there is no Xvnc to give each one its own.`,
        'apt-get install tigervnc-standalone-server',
      ),
    ];
  },
};
