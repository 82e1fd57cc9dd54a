import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout these scripts belong to. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The built command line, as `npx escarp` would find it. */
export const escarp = join(root, 'apps/cli/bin/escarp.js');

/** @returns {any} the parsed `package.json` in `folder`. */
export const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The pinned pnpm, as `npx` takes it. */
export const pnpm = () => manifestOf(root).packageManager.split('+')[0];

/** A development tool installed at the root: called by path, because pnpm need not be on PATH. */
export const tool = (name) => join(root, 'node_modules/.bin', name);

/** By its path, because two versions of TypeScript are installed. */
export const tsc = join(root, 'node_modules/typescript-7/bin/tsc');

/** @returns {{ folder: string, manifest: any }[]} every package and app, packages first. */
export function members() {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: manifestOf(folder) }));
}

/** The members that are published. */
export const published = () => members().filter(({ manifest }) => !manifest.private);

/** Whether it is a program, which is built with the code of the packages that it imports inside it. */
export const isProgram = ({ manifest }) => manifest.bin !== undefined;
