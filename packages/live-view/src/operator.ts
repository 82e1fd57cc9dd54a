/** What a command needs to ask a viewer for links, without the server. */
export { operatorCredential } from './rights/secrets.js';
