import { build } from '../../tsup.base.js';

// A program: nothing is imported from it.
export default build({ entry: { index: 'src/main.ts' } });
