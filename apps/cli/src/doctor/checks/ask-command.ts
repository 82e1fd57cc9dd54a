import { warning, type Check } from '../finding.js';

/** Silent where there is none, or it can be run. */
export const askCommand: Check = {
  id: 'ask-command',
  async run({ askCommandFault }) {
    const fault = await askCommandFault();
    const remedy = 'Correct the path or its permissions; until then nobody is notified when an agent asks.';
    return fault === undefined ? [] : [warning(fault, remedy)];
  },
};
