import { browserInstaller, buildProgram } from '../../tsup.program.js';

export default buildProgram({ entry: { index: 'src/main.ts' }, external: browserInstaller });
