const style = 'open.css';
const script = 'open.js';

/** The page that a link opens. The link's secret is behind `#`, which no browser sends, logs or passes on. */
const entryPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>escarp</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style}">
<main>
<h1>escarp</h1>
<p id="said" role="status">Opening the viewer…</p>
<noscript><p>The viewer needs JavaScript.</p></noscript>
</main>
<script src="${script}"></script>
`;

const entryScript = `'use strict';
const said = document.getElementById('said');
const link = location.hash.slice(1);
history.replaceState(null, '', location.pathname);
(async () => {
  if (link === '') {
    said.textContent = 'Run escarp view for a link to the viewer.';
    return;
  }
  const reply = await fetch('session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link }),
  });
  const body = await reply.json();
  if (reply.ok) location.replace(body.path);
  else said.textContent = [body.message, body.hint].filter(Boolean).join(' ');
})().catch(() => {
  said.textContent = 'The viewer does not answer. Run escarp view again.';
});
`;

const entryStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 32rem; padding: 1.5rem; }
h1 { font-size: 1.25rem; }
`;

const endedPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>escarp: session ended</title>
<link rel="stylesheet" href="/${style}">
<main>
<h1>This session has ended</h1>
<p>Run <code>escarp view</code> for a new link.</p>
</main>
`;

/** The pages that need no session, by their path, with their content types. */
export const entryFiles: ReadonlyMap<string, { readonly type: string; readonly text: string }> = new Map([
  ['/', { type: 'text/html; charset=utf-8', text: entryPage }],
  [`/${script}`, { type: 'text/javascript; charset=utf-8', text: entryScript }],
  [`/${style}`, { type: 'text/css; charset=utf-8', text: entryStyle }],
]);

/** Shown in place of the dashboard without a session, unless the dashboard has a page of its own for that. */
export const endedFile = { type: 'text/html; charset=utf-8', text: endedPage } as const;
