import { build } from './tsup.base.js';
import { bundledLicences } from './tsup.bundled-licences.js';
import type { Options } from 'tsup';

/** What the installation of browsers imports at need. Only the command line installs any. */
export const browserInstaller = ['modern-tar', 'proxy-agent', 'yargs', 'yauzl'];

/**
 * How a program is built: with the code of our packages and of theirs inside it, in few files. Node takes longer to find,
 * read and link a hundred small modules than a short command takes for its work. What is in `dependencies` stays outside: it
 * is native, or is looked up by its name. What is imported with `import()` is a chunk of its own, which nobody else loads.
 */
export const buildProgram = (options: Options): ReturnType<typeof build> =>
  build({
    target: 'es2023',
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    // Modules that are required bring `require` with them for what Node has built in.
    banner: {
      js: "import{createRequire as requireOf}from'node:module';const require=requireOf(import.meta.url);",
    },
    ...options,
    esbuildPlugins: [bundledLicences('dist/bundled-licences.txt')],
    esbuildOptions(esbuild, context) {
      // From the sources only what is used comes along.
      esbuild.conditions = ['@escarp/source'];
      // Lines that a stack trace can point to.
      esbuild.lineLimit = 160;
      options.esbuildOptions?.(esbuild, context);
    },
  });
