// Renews docs/images: a pool of three is brought up, two slots are leased, and what `escarp status` shows on a real
// terminal is drawn by the third. Then the dashboard, on a pool of its own. Needs `script` (util-linux).
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { bootstrap } from './bootstrap.mjs';
import { fail, run, say } from './run.mjs';
import { drawViews, viewSlots } from './view-images.mjs';
import { escarp, root } from './workspace.mjs';

const columns = 100;
const home = mkdtempSync(join(tmpdir(), 'esc-'));
const env = {
  ...process.env,
  ESCARP_HOME: home,
  ESCARP_API_PORT: '0',
  ESCARP_VIEW_PORT: '0',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
};
const command = (...args) => run(process.execPath, [escarp, ...args], { env });

try {
  await bootstrap({ forTests: true });
  await command('up', '--pool-size', '3');
  await command('acquire', '--holder', 'claude in feature-login');
  await command('acquire', '--holder', 'codex in fix-checkout');
  const shown = await onTerminal('status');
  await draw(pageOf(`$ escarp status\n${shown}`), join(root, 'docs/images/status.png'));
  await command('down', '--force');
  await command('up', '--pool-size', String(viewSlots), '--headless');
  await drawViews({ url: daemonUrl(), command });
} catch (error) {
  fail(error);
} finally {
  await command('down', '--force');
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

function daemonUrl() {
  return JSON.parse(readFileSync(join(home, 'daemon.json'), 'utf8')).url;
}

async function onTerminal(...args) {
  const line = [process.execPath, escarp, ...args].join(' ');
  const shown = await run('script', ['-qec', `stty cols ${columns}; exec ${line}`, '/dev/null'], { env });
  return shown.replaceAll('\r\n', '\n').trimEnd();
}

/** A leased slot takes the picture. */
async function draw({ html, width, height }, target) {
  const lease = JSON.parse(await command('acquire', '--holder', 'painter', '--json'));
  const { connectDevtools, createOwnSockets } = await import('../packages/slot-pool/dist/index.js');
  const devtools = await connectDevtools(lease.cdp_ws_url, { own: createOwnSockets(), callMs: 10_000 });
  const { targetId } = await devtools.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, parameters) => devtools.send(method, parameters, sessionId);
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 2, mobile: false });
  const { frameTree } = await send('Page.getFrameTree', {});
  await send('Page.setDocumentContent', { frameId: frameTree.frame.id, html });
  const { data } = await send('Page.captureScreenshot', { format: 'png' });
  devtools.close();
  mkdirSync(join(root, 'docs/images'), { recursive: true });
  writeFileSync(target, Buffer.from(data, 'base64'));
  say(target);
}

function pageOf(text) {
  const lines = text.split('\n');
  const longest = Math.max(...lines.map((line) => stripVTControlCharacters(line).length));
  const html = `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; padding: 16px 20px; background: #14171c; color: #d8dee6;
      font: 14px/20px 'DejaVu Sans Mono', Menlo, monospace; white-space: pre }
    .c2 { color: #7d8794 } .c32 { color: #7fd08a } .c33 { color: #e5c07b } .c31 { color: #ef7d7d }
    .c36 { color: #6cc7d8 }</style>${coloured(text)}`;
  return { html, width: Math.ceil(longest * 8.45) + 40, height: lines.length * 20 + 32 };
}

/** Every styled piece ends before the next begins, so one span after another is all there is. */
function coloured(text) {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  // oxlint-disable-next-line no-control-regex -- this is what a terminal is told its colours by.
  return safe.replaceAll(/\u001b\[(\d+)m/g, (_, code) =>
    ['22', '39'].includes(code) ? '</span>' : `<span class="c${code}">`,
  );
}
