import { Icon } from '../icon.js';
import { connection, viewer } from '../live/viewer.js';
import type { Connection } from '../live/viewer.js';
import { addressOf, route } from '../route.js';
import type { Route } from '../route.js';
import { nextTheme, theme } from '../theme.js';
import { rightWords } from './right-words.js';
import { SessionDialog } from './session-dialog.js';

const tabs: readonly { readonly label: string; readonly to: Route }[] = [
  { label: 'Slots', to: { page: 'slots' } },
  { label: 'History', to: { page: 'history' } },
  { label: 'Figures', to: { page: 'figures' } },
];

const connectionWords: Record<Connection, string> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  ended: 'Ended',
};

export function TopBar() {
  const session = viewer.value?.session;
  return (
    <header class="top">
      <a class="wordmark" href={addressOf({ page: 'slots' })}>
        <Mark />
        escarp
      </a>
      <nav class="tabs" aria-label="Pages">
        {tabs.map(({ label, to }) => (
          <a key={label} href={addressOf(to)} aria-current={isCurrent(to) ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <div class="top-end">
        <span class="right">{session === undefined ? '' : rightWords(session)}</span>
        <span class="connection" data-state={connection.value}>
          {connectionWords[connection.value]}
        </span>
        <SessionDialog />
        <button
          class="button plain icon"
          type="button"
          onClick={nextTheme}
          aria-label={`Colours: ${theme.value}. Change`}
          title={`Colours: ${theme.value}`}
        >
          <Icon name={theme.value} />
        </button>
      </div>
    </header>
  );
}

const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="7" fill="var(--accent)" />
    <path
      d="M6 22h8l4-12h8"
      fill="none"
      stroke="var(--on-accent)"
      stroke-width="3.2"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);

const isCurrent = ({ page }: Route): boolean =>
  route.value.page === page || (page === 'slots' && route.value.page === 'slot');
