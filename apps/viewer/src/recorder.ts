import { closeInheritedDescriptors } from '@escarp/child-process';
import { flushed } from '@escarp/child-process/own-process';
import { serveRecorder } from '@escarp/live-view/recording';

// Started by the daemon, whose orders come by standard input. It ends when they do, and not by a signal that is meant for
// whoever started the daemon in the foreground.
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(event, () => {});
process.stdout.on('error', () => {});
closeInheritedDescriptors(process.platform);

const [home = ''] = process.argv.slice(2);
await serveRecorder({
  home,
  input: process.stdin,
  output: process.stdout,
  ports: {
    wallMs: Date.now,
    monotonicMs: () => performance.now(),
    randomBytes: (size) => crypto.getRandomValues(new Uint8Array(size)),
  },
});

await flushed(process.stdout);
process.exit(0);
