import { chromium, type Page } from 'playwright-core';
import type { EscarpPool } from './escarp-pool.js';

/** The page of slot 0, driven by the agent that leases it, for somebody to watch. */
export interface WatchedPage {
  readonly page: Page;
  /** Gives the slot back. */
  readonly end: () => Promise<void>;
}

/** It turns when it is clicked there, by `turn()`, and `timer` may turn it again and again. */
interface WatchedLook {
  readonly turnsAt: 'button' | 'page';
  /** So often the page says its sentence. */
  readonly sentences: number;
}

const sentence = 'Every slot is reset between two holders, and nobody finds what another has left. ';

export async function openWatchedPage({ client }: EscarpPool, look: WatchedLook): Promise<WatchedPage> {
  const lease = await client.acquire({ holder: 'bench', slot: 0 });
  const browser = await chromium.connectOverCDP(lease.cdpWsUrl ?? '', { noDefaults: true });
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('The slot shows no page.');
  await page.setContent(textOf(look));
  return {
    page,
    end: async () => {
      await browser.close();
      await client.release({ leaseToken: lease.leaseToken });
    },
  };
}

function textOf({ turnsAt, sentences }: WatchedLook): string {
  const [ofPage, ofButton] = turnsAt === 'page' ? ['onclick="turn()"', ''] : ['', 'onclick="turn()"'];
  return `<body style="margin:0;height:100vh" ${ofPage}><button style="width:200px;height:60px" ${ofButton}>turn</button>
<p style="font:16px sans-serif;margin-top:0">${sentence.repeat(sentences)}</p><script>
let at = 0, timer, pressedAt;
function turn() { document.body.style.background = (at += 1) % 2 ? '#fed' : '#def'; }
</script>`;
}
