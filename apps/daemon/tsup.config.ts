import { defineConfig } from 'tsup';
import base from '../../tsup.base.js';

// A program: nothing is imported from it.
export default defineConfig({ ...base, entry: { index: 'src/main.ts' } });
