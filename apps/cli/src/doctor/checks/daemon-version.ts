import { isAlive } from '@escarp/broker/home';
import { note, ok, warning, type Check } from '../finding.js';

export const daemonVersion: Check = {
  id: 'daemon',
  async run({ daemon, version, settingsNotApplied }) {
    const found = await daemon();
    if (found === undefined || !isAlive(found.pid)) return [note('No daemon is running.', 'escarp up')];
    const settings = (await settingsNotApplied()).map((sentence) => note(sentence));
    if (found.version === version)
      return [ok(`Daemon ${version}, process ${found.pid}, port ${found.port}.`), ...settings];
    const what = `The daemon is version ${found.version}, this command is ${version}.`;
    return [
      warning(what, 'escarp daemon stop && escarp daemon --background; leases and browsers are kept.'),
      ...settings,
    ];
  },
};
