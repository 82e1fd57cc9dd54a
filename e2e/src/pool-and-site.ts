import { type EscarpHome, makeEscarpHome } from './escarp-home.js';
import { type PageSite, startPageSite } from './page-site.js';

/** A pool that is up, and a site for its browsers to visit. */
export interface PoolAndSite {
  readonly home: EscarpHome;
  readonly site: PageSite;
  readonly remove: () => Promise<void>;
}

/** Takes what `makeEscarpHome` takes. */
export async function startPoolAndSite(...how: Parameters<typeof makeEscarpHome>): Promise<PoolAndSite> {
  const site = await startPageSite();
  const home = await makeEscarpHome(...how);
  await home.up();
  const remove = async (): Promise<void> => {
    site.close();
    await home.remove();
  };
  return { home, site, remove };
}
