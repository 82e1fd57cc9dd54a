import { build } from '../../tsup.base.js';

// The code that finds a state directory is an entry of its own: a command that only asks should not load the broker.
export default build({
  entry: {
    index: 'src/index.ts',
    home: 'src/home.ts',
    assembly: 'src/assembly/index.ts',
    'pool-file': 'src/state-directory/pool-file.ts',
  },
  splitting: true,
  // In one chunk with what it shares with the other entries: another file to load costs more than its code.
  inject: ['src/home.ts'],
});
