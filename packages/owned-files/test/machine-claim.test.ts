import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeTempHome } from '@escarp/test-support';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimant, claimPlace, type ClaimPlace, takeClaim } from '../src/index.js';

const isLinux = process.platform === 'linux';
const kinds = isLinux ? (['abstract', 'file'] as const) : (['file'] as const);

describe.each(kinds)('a claim on this machine (%s)', (kind) => {
  let place: ClaimPlace;
  let name: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    const temp = await makeTempHome();
    remove = temp.remove;
    place = claimPlace(temp.path, kind === 'abstract' ? 'linux' : 'darwin');
    name = `test-${temp.path.split('-').at(-1)}`;
  });
  afterEach(() => remove());

  it('is had by one at a time, who can be asked for', async () => {
    expect(await claimant(name, place)).toBeUndefined();
    const claim = await takeClaim(name, place);
    expect(await takeClaim(name, place)).toBeUndefined();
    expect(await claimant(name, place)).toBe(process.pid);
    await claim?.release();
    expect(await claimant(name, place)).toBeUndefined();
    await (await takeClaim(name, place))?.release();
  });

  it('ends with the process that has it, however that ends', async () => {
    const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));
    const script = `
      const { takeClaim } = await import(${JSON.stringify(built)});
      process.stdout.write(String((await takeClaim(process.argv[1], JSON.parse(process.argv[2]))) !== undefined));
      setInterval(() => {}, 1000);`;
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', script, name, JSON.stringify(place)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    expect(String(await once(child.stdout, 'data'))).toBe('true');
    expect(await takeClaim(name, place)).toBeUndefined();
    expect(await claimant(name, place)).toBe(child.pid);
    child.kill('SIGSTOP');
    expect(await takeClaim(name, place)).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const claim = await takeClaim(name, place);
    expect(claim).toBeDefined();
    await claim?.release();
  });
});
