import type { Arguments } from '../arguments.js';
import type { Cli } from '../cli.js';
import { planPool } from '../plan/plan-pool.js';
import { planTable } from '../plan/plan-table.js';
import type { Workload } from '../plan/workload.js';
import { printAnswer } from '../print-answer.js';
import { UsageError } from '../usage-error.js';

const sessions = 5_000;
const agentsMax = 10_000;

/** Says how many slots a number of agents needs, by simulating their work on the real lease registry. */
export async function plan(cli: Cli, args: Arguments): Promise<number> {
  const workload: Workload = {
    agents: within(args, 'agents', 1, agentsMax),
    busy: shareOf(args.required('busy')),
    sessionS: within(args, 'session', 0.1, 86_400),
    resetS: within(args, 'reset', 0, 3_600),
  };
  const bearableWaitS = within(args, 'wait', 0, 86_400);
  const seed = within(args, 'seed', 0, 2 ** 32 - 1);
  const found = planPool(workload, bearableWaitS, { sessions, seed });
  const document = { ...workload, waitS: bearableWaitS, seed, plan: found };
  printAnswer(cli, document, planTable(found, workload, bearableWaitS, cli.terminal));
  return 0;
}

function within(args: Arguments, name: string, min: number, max: number): number {
  const value = args.number(name);
  const isCount = name === 'agents' || name === 'seed';
  const fits = value !== undefined && value >= min && value <= max && (!isCount || Number.isInteger(value));
  if (fits) return value;
  const kind = isCount ? 'a whole number' : 'a number';
  throw new UsageError(`--${name} must be ${kind} from ${min} to ${max}.`, 'See escarp plan --help.');
}

/** `30%` and `0.3` mean the same. */
function shareOf(text: string): number {
  const isPercent = text.endsWith('%');
  const value = Number(isPercent ? text.slice(0, -1) : text) / (isPercent ? 100 : 1);
  if (value > 0 && value <= 1) return value;
  throw new UsageError('--busy must be a share of the time, such as 30% or 0.3.', 'See escarp plan --help.');
}
