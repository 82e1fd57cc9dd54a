import { render } from 'preact';
import { App } from './app.js';
import { startClock } from './live/clock.js';
import { follow } from './live/viewer.js';
import { startNotifications } from './requests/notifications.js';
import '@fontsource-variable/inter/wght.css';
import './style/index.css';
import { startTheme } from './theme.js';

const place = document.querySelector('#app');
if (place === null) throw new Error('The page has no place for the dashboard.');
startTheme();
startClock();
follow();
startNotifications();
place.replaceChildren();
render(<App />, place);
