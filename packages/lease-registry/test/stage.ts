import { omitUndefined } from '@escarp/contract';
import type {
  Accept,
  Acquire,
  Command,
  Effect,
  Lease,
  Limits,
  OwnedState,
  RegistryEvent,
  Reply,
  SetAsset,
} from '../src/index.js';
import { defaultLimits, emptyState, nextWakeAt, recover, step } from '../src/index.js';

type Few = Partial<Omit<Acquire, 'type' | 'scope'>> & { tenant?: string };

/** A registry at a standstill between two steps, and the clocks in the test's hands. */
export class Stage {
  state: OwnedState;
  monotonicMs = 1_000;
  wallMs = 1_700_000_000_000;
  readonly events: RegistryEvent[] = [];
  /** Of the last step. */
  effects: readonly Effect[] = [];
  /** How many ids were made up. */
  made = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.state = emptyState({ ...defaultLimits, ...limits });
  }

  get now() {
    return { monotonicMs: this.monotonicMs, wallMs: this.wallMs };
  }

  get wakeInMs(): number {
    return nextWakeAt(this.state) - this.monotonicMs;
  }

  /** Lets time pass on both clocks, with nobody looking. */
  pass(ms: number): this {
    this.monotonicMs += ms;
    this.wallMs += ms;
    return this;
  }

  run(command: Command): Reply {
    const { reply, events, effects } = step(this.state, command, this.now);
    this.events.push(...events);
    this.effects = effects;
    return reply;
  }

  add(key: string, labels: Record<string, string> = {}): void {
    this.run({ type: 'added', key, labels });
  }

  /** Adds resources and has each come up. */
  free(...keys: string[]): this {
    for (const key of keys) {
      this.add(key);
      this.ready(key);
    }
    return this;
  }

  ready(key: string): Reply {
    return this.run({ type: 'ready', key, fence: this.fenceOf(key) });
  }

  reset(key: string): Reply {
    return this.run({ type: 'reset-done', key, fence: this.fenceOf(key) });
  }

  lose(key: string): Reply {
    return this.run({ type: 'lost', key, fence: this.fenceOf(key), error: 'gone' });
  }

  fenceOf(key: string): number {
    return this.resource(key).fence;
  }

  resource(key: string) {
    const resource = this.state.resources.get(key);
    if (resource === undefined) throw new Error(`no resource ${key}`);
    return resource;
  }

  ask(holder: string, few: Few = {}): Acquire {
    const made = (this.made += 1);
    const { tenant, ...more } = few;
    const scope = tenant === undefined ? { holder } : { holder, tenant };
    const ids = { requestId: `request-${made}`, leaseId: `lease-${made}`, tokenDigest: `digest-${made}` };
    return { type: 'acquire', ...ids, scope, selector: {}, waitMs: 0, ...more };
  }

  acquire(holder: string, few: Few = {}): Reply {
    return this.run(this.ask(holder, few));
  }

  asset(name: string, few: Partial<Omit<SetAsset, 'type' | 'name'>> = {}): Reply {
    return this.run({ type: 'asset-set', name, capacity: 1, approval: false, version: 1, ...few });
  }

  /** The approval that somebody waits for, by the id of the request. */
  approvalOf(requestId: string): string {
    return this.state.waiters.get(requestId)?.approval?.id ?? 'none';
  }

  decide(requestId: string, isApproved: boolean): Reply {
    return this.run({ type: 'decide', id: this.approvalOf(requestId), isApproved, by: 'pat' });
  }

  /** The same registry after a crash. */
  restart(): this {
    const written = JSON.parse(JSON.stringify(this.events)) as RegistryEvent[];
    this.state = recover(this.state.limits, undefined, written, this.now);
    return this;
  }

  /** Acquires what must be granted at once. */
  hold(holder: string, few: Few = {}): Lease {
    return leaseIn(this.acquire(holder, few));
  }

  /** Queues, and gives the request's id. */
  wait(holder: string, few: Few = {}): string {
    const command = this.ask(holder, { waitMs: 10_000, ...few });
    const reply = this.run(command);
    if (reply.type !== 'queued') throw new Error(`not queued: ${JSON.stringify(reply)}`);
    return command.requestId;
  }

  release({ tokenDigest }: Pick<Lease, 'tokenDigest'>): Reply {
    return this.run({ type: 'release', tokenDigest });
  }

  renew({ tokenDigest }: Pick<Lease, 'tokenDigest'>, few: { ttlMs?: number } = {}): Reply {
    return this.run({ type: 'renew', tokenDigest, ...few });
  }

  offer(
    { tokenDigest }: Pick<Lease, 'tokenDigest'>,
    to: string,
    few: { ttlMs?: number; code?: string } = {},
  ): Reply {
    const { code = 'code', ...more } = few;
    return this.run({ type: 'offer', tokenDigest, to, codeDigest: code, ...more });
  }

  accept(holder: string, few: Few & { code?: string } & Pick<Accept, 'keeps'> = {}): Reply {
    const { code: codeDigest = 'code', keeps, ...more } = few;
    const { scope, requestId, leaseId, tokenDigest, ttlMs, attributes } = this.ask(holder, more);
    const wish = omitUndefined({ ttlMs, attributes, keeps });
    return this.run({ type: 'accept', requestId, leaseId, tokenDigest, scope, codeDigest, ...wish });
  }

  /** What the last step told waiters: `request-1 granted` or `request-1 wait_timeout`. */
  get settled(): string[] {
    return this.effects.flatMap((effect) =>
      effect.type === 'settle' ? [`${effect.requestId} ${outcomeOf(effect.reply)}`] : [],
    );
  }

  /** What the last step asked of the world, apart from answers: `reset a`. */
  get asked(): string[] {
    return this.effects.flatMap((effect) =>
      effect.type === 'settle' ? [] : [`${effect.type} ${effect.key}`],
    );
  }

  /** The holder of each leased resource. */
  get holders(): Record<string, string> {
    return Object.fromEntries([...this.state.leases.values()].map(({ key, scope }) => [key, scope.holder]));
  }
}

export function outcomeOf(reply: Reply): string {
  return reply.type === 'refused' ? reply.code : reply.type;
}

export function leaseIn(reply: Reply): Lease {
  if (!('lease' in reply)) throw new Error(`no lease: ${JSON.stringify(reply)}`);
  return reply.lease;
}
