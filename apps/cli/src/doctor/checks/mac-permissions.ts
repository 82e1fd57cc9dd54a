import { ok, warning, type Check } from '../finding.js';

export const macPermissions: Check = {
  id: 'permissions',
  async run({ platform, macPermissions: ask }) {
    if (platform !== 'darwin') return [];
    return (await ask()).map(({ name, granted }) => {
      if (granted) return ok(`${name} is granted.`);
      const remedy = `System Settings > Privacy & Security > ${name}: allow your terminal, then restart it.`;
      return warning(`${name} is not granted; windows cannot be verified or focused.`, remedy);
    });
  },
};
