import puppeteer from 'puppeteer-core';

const browser = await puppeteer.connect({ browserURL: process.env.ESCARP_CDP_HTTP_URL });
try {
  const page = await browser.newPage();
  await page.goto(process.argv[2] ?? 'data:text/html,<title>Leased</title>');
  console.log(`slot ${process.env.ESCARP_SLOT}: ${await page.title()}`);
} finally {
  // Not close(), which would end the slot's browser.
  await browser.disconnect();
}
