export { openPlaywrightEndpoint, type EndpointOptions, type PlaywrightEndpoint } from './endpoint.js';
export { findSuitePlaywright, type SuitePlaywright } from './suite-playwright.js';
export { PlaywrightError, type PlaywrightErrorCode } from './playwright-error.js';
