import { copyFile } from 'node:fs/promises';
import { build, defineConfig } from 'tsup';
import type { Options } from 'tsup';
import { bundledLicences } from '../../tsup.bundled-licences.js';
import { singleFile } from './build/single-file.js';

const browser: Options = {
  config: false,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  // Users install none of it: the files are served as they are.
  noExternal: [/./],
  minify: true,
  dts: false,
  silent: true,
};

/** One file with everything in it, for `escarp report --html`. */
const report: Options = {
  ...browser,
  entry: { report: 'src/report/report.tsx' },
  outDir: 'dist/report',
  onSuccess: () => singleFile('dist/report', 'dist/report.html'),
};

export default defineConfig({
  ...browser,
  entry: { index: 'src/index.tsx' },
  splitting: true,
  clean: true,
  loader: { '.woff2': 'file' },
  esbuildPlugins: [bundledLicences('dist/bundled-licences.txt')],
  esbuildOptions(options) {
    options.assetNames = '[name]';
  },
  onSuccess: async () => {
    await Promise.all(
      ['index.html', 'ended.html', 'icon.svg'].map((name) => copyFile(`src/${name}`, `dist/${name}`)),
    );
    await build(report);
  },
});
