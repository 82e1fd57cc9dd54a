import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EscarpHome } from './escarp-home.js';
import type { PageSite } from './page-site.js';
import type { Program } from './program.js';

/** Starts a script in a project of a user's. It imports from `@escarp/playwright-test/slots`, and finds the site's address in `SITE`. */
export async function startSlotsScript(
  home: EscarpHome,
  site: PageSite,
  name: string,
  text: string,
  project = home.project,
): Promise<Program> {
  const path = join(project, `${name}.mjs`);
  await writeFile(path, `import { startPool, withSlot } from '@escarp/playwright-test/slots';\n${text}`);
  return home.start(['node', path], { SITE: site.url }, project);
}
