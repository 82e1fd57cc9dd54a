import { ConnectionBanner } from './shell/connection-banner.js';
import { LiveRegion } from './shell/live-region.js';
import { SessionEnded } from './shell/session-ended.js';
import { TopBar } from './shell/top-bar.js';
import { FiguresPage } from './figures/figures-page.js';
import { HistoryPage } from './timeline/history-page.js';
import { SlotPage } from './slot/slot-page.js';
import { SlotsPage } from './slots/slots-page.js';
import { connection, viewer } from './live/viewer.js';
import { route } from './route.js';

/** The whole page. */
export function App() {
  if (connection.value === 'ended') return <SessionEnded />;
  return (
    <div class="shell">
      <a class="skip button" href="#content" onClick={skip}>
        Skip to content
      </a>
      <TopBar />
      <main class="main" id="content" tabIndex={-1}>
        <ConnectionBanner />
        {viewer.value === null ? <p class="muted">Connecting to the viewer…</p> : <Page />}
      </main>
      <LiveRegion />
    </div>
  );
}

function Page() {
  const at = route.value;
  if (at.page === 'slot') return <SlotPage key={at.slot} slot={at.slot} />;
  if (at.page === 'history') return <HistoryPage />;
  if (at.page === 'figures') return <FiguresPage />;
  return <SlotsPage />;
}

// The address behind the hash is the page's own, so the link must not change it.
function skip(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#content')?.focus();
}
