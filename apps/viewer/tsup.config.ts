import { build } from '../../tsup.base.js';

// Two programs: nothing is imported from them.
export default build({ entry: { index: 'src/main.ts', recorder: 'src/recorder.ts' } });
