import { defineConfig } from 'tsup';
import type { Options } from 'tsup';

/**
 * How every workspace package is built, with what is particular to one. JavaScript only: declarations come from `tsc -b`,
 * which checks them as it writes them.
 */
export function build(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ['src/index.ts'],
    format: 'esm',
    target: 'node20',
    platform: 'node',
    dts: false,
    // Cleaning would take the declarations along, which tsc then believes to be there.
    clean: false,
    ...options,
  });
}

export default build();
