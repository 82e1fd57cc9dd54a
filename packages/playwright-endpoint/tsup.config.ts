import { build } from '../../tsup.base.js';

// The second is a program, started as a process of its own.
export default build({ entry: ['src/index.ts', 'src/program.ts'] });
