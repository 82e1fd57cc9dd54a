// chromedriver must be of the browser's major version; on Debian both come from one source.
import { Builder } from 'selenium-webdriver';
import { Options, ServiceBuilder } from 'selenium-webdriver/chrome.js';

const options = new Options();
options.debuggerAddress(`127.0.0.1:${process.env.ESCARP_CDP_PORT}`);
const service = new ServiceBuilder(process.env.CHROMEDRIVER ?? '/usr/bin/chromedriver');
const driver = await new Builder()
  .forBrowser('chrome')
  .setChromeOptions(options)
  .setChromeService(service)
  .build();
try {
  await driver.switchTo().newWindow('tab');
  await driver.get(process.argv[2] ?? 'data:text/html,<title>Leased</title>');
  console.log(`slot ${process.env.ESCARP_SLOT}: ${await driver.getTitle()}`);
} finally {
  await driver.quit();
}
