// Loaded into a daemon before its own code: kills it, as power loss would stop it, right before one of the calls that write a
// saved login, named by ESCARP_TEST_STOP_AT.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const stopAt = process.env.ESCARP_TEST_STOP_AT;
const isDraft = (path) => /\.age\.[^/]+\.tmp$/.test(String(path));
const reach = (point) => {
  if (point === stopAt) process.kill(process.pid, 'SIGKILL');
};

const { open, rename } = promises;
promises.open = async (path, ...how) => {
  if (isDraft(path)) reach('create');
  const handle = await open(path, ...how);
  if (!isDraft(path)) return handle;
  for (const [name, point] of [
    ['writeFile', 'write'],
    ['sync', 'sync'],
  ]) {
    const call = handle[name].bind(handle);
    handle[name] = (...all) => {
      reach(point);
      return call(...all);
    };
  }
  return handle;
};
promises.rename = async (from, to) => {
  if (!isDraft(from)) return rename(from, to);
  reach('rename');
  await rename(from, to);
  reach('renamed');
};
syncBuiltinESMExports();
