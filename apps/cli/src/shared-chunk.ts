// The build gives this to every command, so that the small modules which most of them use are one file to load.
/* oxlint-disable import/no-unassigned-import -- what they export is of no interest here. */
import './acquire-aloud.js';
import './chosen-leases.js';
import './cli.js';
import './definition.js';
import './daemon-state.js';
import './find-daemon.js';
import './handoff-code.js';
import './held-leases.js';
import './lease-variables.js';
import './logins/login-wish.js';
import './print-answer.js';
import './print/fitted.js';
import './print/lasting-until.js';
import './print/printable.js';
import './print/quantities.js';
import './print/style.js';
import './print/table.js';
import './print/terminal.js';
import './print/wrapped.js';
import './read-words.js';
import './screenshots-wish.js';
import './settings-not-applied.js';
import './slot-table.js';
import './typed-secret.js';
import './usage-error.js';
import './worktree.js';
