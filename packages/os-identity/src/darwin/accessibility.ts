import { IdentityError } from '../errors.js';
import type { Bounds } from '../identity.js';
import type { Run } from '../ports.js';
import { permissionMissing, refusedPermission } from './permission.js';
import { runJxa } from './run-jxa.js';

/**
 * Windows as Accessibility knows them, through System Events. It has no window numbers, so a window is named by its
 * bounds, which both sides give in points from the top left. Everything that goes wrong is answered, not thrown:
 * osascript would otherwise print a sentence in the user's language.
 */
const ACCESSIBILITY_SCRIPT = `
function boundsOf(window) {
  const [x, y] = window.position();
  const [width, height] = window.size();
  return { x, y, width, height };
}
function near(a, b) {
  return ['x', 'y', 'width', 'height'].every((side) => Math.abs(a[side] - b[side]) <= 2);
}
function act(action, pid, wanted) {
  const process = Application('System Events').applicationProcesses.whose({ unixId: pid })[0];
  if (action === 'raise') {
    process.frontmost = true;
    const window = process.windows().find((candidate) => near(boundsOf(candidate), wanted));
    if (window === undefined) return { found: false };
    window.actions.byName('AXRaise').perform();
    return { found: true };
  }
  const main = process.windows().find((candidate) => candidate.attributes.byName('AXMain').value());
  return { main: main === undefined ? null : boundsOf(main) };
}
function run(argv) {
  const [x, y, width, height] = argv.slice(2).map(Number);
  try {
    return JSON.stringify(act(argv[0], Number(argv[1]), { x, y, width, height }));
  } catch (error) {
    return JSON.stringify({ errorNumber: error.errorNumber ?? null, message: String(error.message) });
  }
}
`;

/** Makes an application frontmost and raises its window at these bounds. Throws `permission_missing` by name. */
export async function raiseWindow(run: Run, pid: number, bounds: Bounds): Promise<void> {
  const answer = await ask(run, ['raise', pid, bounds.x, bounds.y, bounds.width, bounds.height]);
  if (answer['found'] === true) return;
  throw new IdentityError(
    'window_not_found',
    `Accessibility shows no window of pid ${pid} in the expected place.`,
  );
}

/** The bounds of an application's main window, the one that gets the keys when the application is frontmost. */
export async function mainWindowBounds(run: Run, pid: number): Promise<Bounds | null> {
  const { main } = await ask(run, ['inspect', pid]);
  return isBounds(main) ? main : null;
}

async function ask(run: Run, argv: (string | number)[]): Promise<Record<string, unknown>> {
  const answer = await runJxa(run, ACCESSIBILITY_SCRIPT, argv);
  if (typeof answer !== 'object' || answer === null)
    throw new IdentityError('command_failed', 'Accessibility did not answer.');
  const { errorNumber, message, ...rest } = Object.fromEntries(Object.entries(answer));
  if (errorNumber === undefined) return rest;
  const refused = refusedPermission(typeof errorNumber === 'number' ? errorNumber : null);
  if (refused !== null) throw permissionMissing(refused);
  throw new IdentityError(
    'command_failed',
    `System Events answered: ${String(message)} (${String(errorNumber)})`,
  );
}

function isBounds(value: unknown): value is Bounds {
  if (typeof value !== 'object' || value === null) return false;
  return ['x', 'y', 'width', 'height'].every((side) => typeof Reflect.get(value, side) === 'number');
}
