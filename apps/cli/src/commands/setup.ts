import { join } from 'node:path';
import { runCommand } from '@escarp/child-process';
import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { printResult, say } from '../cli.js';
import { printable } from '../print/printable.js';
import { mark } from '../print/style.js';
import { applyAgentsMd, planAgentsMd } from '../setup/agents-md.js';
import { applySetup } from '../setup/apply-setup.js';
import { clients } from '../setup/client-table.js';
import type { ClientId } from '../setup/client-table.js';
import { describePlan } from '../setup/describe-plan.js';
import type { SetupPlan } from '../setup/plan-setup.js';
import { planSetup } from '../setup/plan-setup.js';
import { browserTools, launcherOf } from '../setup/registration.js';
import { smokeTest } from '../setup/smoke-test.js';
import { toolsInWords } from '../setup/tools-in-words.js';
import type { Workstation } from '../workstation.js';

const smokeMs = 60_000;

/** Registers escarp with an MCP client, and starts the registered command once to check that it answers. */
export async function setup(cli: Cli, args: Arguments): Promise<number> {
  return args.required('client') === agentsMd ? setUpAgentsMd(cli, args) : setUpClient(cli, args);
}

/** Instructions that agents of every client read. */
const agentsMd = 'agents-md';

async function setUpAgentsMd(cli: Cli, args: Arguments): Promise<number> {
  const remove = args.flag('remove');
  const change = await planAgentsMd(cli.cwd, remove);
  const path = change?.path ?? join(cli.cwd, 'AGENTS.md');
  if (args.flag('dry-run') && change !== undefined) {
    const steps: SetupPlan['steps'] = [{ kind: 'edit', before: change.before, after: change.after }];
    printResult(cli, { settings: path, steps }, describePlan({ steps, settingsPath: path }));
    return 0;
  }
  if (change !== undefined && !args.flag('dry-run')) await applyAgentsMd(change);
  const result = change === undefined ? 'unchanged' : remove ? 'removed' : 'written';
  const sentence = {
    unchanged: 'is as it should be',
    removed: 'no longer speaks of escarp',
    written: 'speaks of escarp',
  };
  printResult(cli, { settings: path, changed: change !== undefined, result }, [
    `${mark('good', cli.terminal)} ${printable(path)} ${sentence[result]}`,
  ]);
  return 0;
}

async function setUpClient(cli: Cli, args: Arguments): Promise<number> {
  const client = clientOf(args);
  const browser = browserTools.find((tool) => tool === args.text('browser'));
  const remove = args.flag('remove');
  const workstation: Workstation = {
    platform: cli.platform,
    home: cli.userHome,
    env: cli.env,
    run: runCommand,
  };
  const program = { executable: process.execPath, script: cli.program, version: cli.version };
  const launcher = launcherOf(program, { home: cli.settings.home, defaultHome: cli.defaultHome });
  const request = { client, launcher, remove, ...(browser === undefined ? {} : { browser }) };
  const plan = await planSetup(request, workstation);
  if (args.flag('dry-run')) return show(cli, plan, remove);
  const backup = await applySetup(plan, workstation, { now: cli.clocks.wallMs });
  const checked = remove ? [] : await check(cli, plan);
  const result = plan.steps.length === 0 ? 'unchanged' : remove ? 'removed' : 'written';
  const outcome: Outcome = {
    settings: plan.settingsPath,
    changed: plan.steps.length > 0,
    result,
    backup,
    checked,
  };
  printResult(cli, outcome, describeOutcome(cli, plan, outcome));
  return 0;
}

function clientOf(args: Arguments): ClientId {
  const name = args.required('client');
  if (isClient(name)) return name;
  throw new Error(`No client ${name}, although the parser has let it through.`);
}

const isClient = (name: string): name is ClientId => Object.hasOwn(clients, name);

function show(cli: Cli, plan: SetupPlan, remove: boolean): number {
  const lines = describePlan(plan);
  const idle = `Nothing to do: it is ${remove ? 'not registered' : 'registered already'}.`;
  if (lines.length > 0) say(cli, 'Nothing is changed. Without --dry-run, setup would do this:');
  printResult(cli, { settings: plan.settingsPath, steps: plan.steps }, lines.length === 0 ? [idle] : lines);
  return 0;
}

async function check(
  cli: Cli,
  { registrations }: SetupPlan,
): Promise<{ name: string; tools: readonly string[] }[]> {
  say(cli, 'Starting what was registered, to see that it answers');
  return Promise.all(
    registrations.map(async (registration) => {
      const { tools } = await smokeTest(registration, {
        env: cli.env,
        version: cli.version,
        timeoutMs: smokeMs,
      });
      return { name: registration.name, tools };
    }),
  );
}

interface Outcome {
  readonly settings: string;
  readonly changed: boolean;
  readonly result: 'written' | 'removed' | 'unchanged';
  readonly backup: string | undefined;
  readonly checked: readonly { name: string; tools: readonly string[] }[];
}

function describeOutcome(
  { terminal }: Cli,
  plan: SetupPlan,
  { changed, result, backup, checked }: Outcome,
): string[] {
  const good = mark('good', terminal);
  const path = printable(plan.settingsPath);
  const names = (result === 'removed' ? plan.removed : plan.registrations.map(({ name }) => name)).join(', ');
  const sentences = {
    written: `${names} written to ${path}`,
    removed: `${names} removed from ${path}`,
    unchanged: names === '' ? `escarp is not registered in ${path}` : `${names} already there in ${path}`,
  };
  return [
    `${good} ${plan.title} found at ${printable(plan.foundAt)}`,
    `${good} ${sentences[result]}`,
    ...(backup === undefined ? [] : [`  The file as it was: ${printable(backup)}`]),
    ...checked.map(({ name, tools }) => `${good} ${name} answers with ${toolsInWords(tools)}`),
    ...(changed ? [`Restart ${plan.title} for it to take effect.`] : []),
  ];
}
