import { ok, problem, type Check } from '../finding.js';

const [majorMin, minorMin] = [20, 19];

export const nodeVersion: Check = {
  id: 'node',
  async run({ nodeVersion: version }) {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major > majorMin || (major === majorMin && minor >= minorMin)) return [ok(`Node ${version}.`)];
    return [problem(`Node ${version} is too old.`, `Install Node ${majorMin}.${minorMin} or newer.`)];
  },
};
