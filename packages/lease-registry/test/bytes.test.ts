import { describe, expect, it } from 'vitest';
import type { Claim, Command, Limits, Snapshot } from '../src/index.js';
import { defaultLimits, recover, snapshotOf } from '../src/index.js';
import { jsonBytes } from '../src/json.js';
import { random } from './model/long-run.js';
import { snapshotBytesMax } from './snapshot-bytes-max.js';
import { outcomeOf, Stage } from './stage.js';

const limits: Partial<Limits> = {
  nameBytes: 300,
  detailsBytes: 2_000,
  errorBytes: 1_000,
  waitersBytes: 200_000,
  answersBytes: 300_000,
  endedBytes: 30_000,
  memory: 1_000_000,
  askBytes: 400,
  asksMax: 3,
  claimsMax: 3,
  assetsMax: 20,
};

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** As long as a name may be, in characters that take the most of what, and different each time. */
const fillings = ['x', '"', '\\', 'é', '語', '😀'];

/** Every field of every command at its maximum. */
class Flood {
  readonly stage = new Stage(limits);
  private readonly choose = random(7);
  private made = 0;
  private readonly tokens: string[] = [];
  private readonly codes: string[] = [];

  constructor() {
    for (const key of ['a', 'b', 'c', 'd']) this.add(this.padded(key));
    for (let count = 0; count < 25; count++) {
      const about = { capacity: 1e6, approval: count % 5 === 0, version: 1e6 };
      this.stage.run({ type: 'asset-set', name: this.padded('asset'), ...about });
    }
  }

  get keys(): string[] {
    return [...this.stage.state.resources.keys()];
  }

  run(): void {
    const { stage, choose } = this;
    const key = this.keys[choose(this.keys.length)]!;
    const at = { key, fence: stage.fenceOf(key) };
    const error = '\u0001'.repeat(2_000);
    const commands: (() => Command)[] = [
      () => this.acquire(),
      () => this.acquire(),
      () => ({ type: 'renew', ...this.holding() }),
      () => ({ type: 'release', ...this.holding() }),
      () => ({ type: 'offer', ...this.holding(), to: this.padded('taker'), codeDigest: this.code() }),
      () => this.accept(),
      () => ({ type: 'ask', ...this.holding(), reason: this.text(), instructions: this.text() }),
      () => ({ type: 'take-control', ...at, who: this.padded('who'), reason: this.text() + this.text() }),
      () => ({ type: 'return-control', ...at, outcome: 'done', ...this.said() }),
      () => ({ type: 'answer', ...at, id: this.askOn(key), outcome: 'done', ...this.said() }),
      () => ({ type: 'decide', id: this.pending(), isApproved: choose(3) > 0, by: this.padded('by') }),
      () => ({ type: 'prepared', ...at }),
      () => ({ type: 'ready', ...at }),
      () => ({ type: 'reset-done', ...at, note: error }),
      () => ({ type: choose(2) === 0 ? 'failed' : 'lost', ...at, error }),
    ];
    stage.pass(choose(3_000)).run(commands[choose(commands.length)]!());
  }

  private add(key: string): void {
    this.stage.run({ type: 'added', key, labels: this.details(400), attributes: this.details(500) });
  }

  private acquire(): Command {
    const selectors = [{}, { key: this.keys[this.choose(4)]! }, { labels: this.details(400) }];
    const selector = selectors[this.choose(3)]!;
    return {
      type: 'acquire',
      ...this.caller('asker'),
      selector: this.choose(4) === 0 ? { ...selector, key: this.padded('unknown') } : selector,
      waitMs: this.choose(2) * 50_000,
      ...(this.choose(2) === 0 && { claims: this.claims(), prepare: this.choose(3) === 0 }),
    };
  }

  /** Half of what may be said at once. */
  private text(): string {
    return fillings[this.choose(fillings.length)]!.repeat(30);
  }

  private said() {
    return { who: this.padded('who'), note: this.text() + this.text() };
  }

  private askOn(key: string): string {
    return this.stage.state.leases.get(key)?.asks.at(-1)?.id ?? 'none';
  }

  private pending(): string {
    return [...this.stage.state.waiters.values()].find(({ approval }) => approval)?.approval?.id ?? 'none';
  }

  private claims(): Claim[] {
    const names = [...this.stage.state.assets.keys()];
    const first = this.choose(names.length);
    return [0, 1, 2].map((more) => ({ name: names[(first + more) % names.length]!, mode: 'exclusive' }));
  }

  private accept(): Command {
    return { type: 'accept', ...this.caller('taker'), codeDigest: this.codes.at(-1) ?? 'none' };
  }

  private caller(holder: string) {
    const tokenDigest = this.padded('token');
    this.tokens.push(tokenDigest);
    const scope = {
      holder: holder === 'taker' ? 'taker' : this.padded(holder),
      tenant: this.padded('tenant'),
      run: this.padded('run'),
      client: this.padded('client'),
    };
    const ids = { requestId: this.padded('request'), leaseId: this.padded('lease'), tokenDigest };
    return { ...ids, scope, attributes: this.details(500) };
  }

  private holding() {
    const held = [...this.stage.state.leases.values()].map((lease) => lease.tokenDigest);
    const tokens = held.length > 0 && this.choose(3) > 0 ? held : this.tokens;
    return { tokenDigest: tokens[this.choose(tokens.length)] ?? 'none', requestId: this.padded('request') };
  }

  private code(): string {
    this.codes.push(this.padded('code'));
    return this.codes.at(-1)!;
  }

  private padded(name: string): string {
    const filling = fillings[this.choose(fillings.length)]!;
    let text = `${name}${(this.made += 1)} `;
    while (bytesOf(text + filling) <= 96) text += filling;
    return text;
  }

  private details(bytes: number): Record<string, string> {
    const filling = fillings[this.choose(fillings.length)]!;
    return { first: filling.repeat(Math.floor(bytes / 12)), second: 'y'.repeat(bytes / 2) };
  }
}

describe('the size of a value', () => {
  it('counts nothing that is left out of JSON', () => {
    expect(jsonBytes({ one: 'x', two: undefined })).toBe(jsonBytes({ one: 'x' }));
  });
});

describe('the limits by default', () => {
  it('keep a snapshot as small as the documentation says', () => {
    const [none, some] = [0, 64].map((resources) => snapshotBytesMax(defaultLimits, resources));
    expect(none).toBeLessThan(28_000_000);
    expect((some! - none!) / 64).toBeLessThan(140_000);
  });
});

describe('a flood of commands, each as large as it may be', () => {
  it('keeps the state below the bound that the limits give, before and after a restart', () => {
    const flood = new Flood();
    const { stage } = flood;
    const bound = snapshotBytesMax(stage.state.limits, 4);
    let largest = 0;
    for (let count = 0; count < 6_000; count++) {
      flood.run();
      if (count % 50 > 0) continue;
      const snapshot = snapshotOf(stage.state);
      largest = Math.max(largest, bytesOf(snapshot));
      expect(bytesOf(snapshot)).toBeLessThan(bound);
      expect(bytesOf(snapshot.answers)).toBeLessThan(limits.answersBytes!);
      expect(bytesOf(snapshot.ended)).toBeLessThan(limits.endedBytes!);
      const after = recover(stage.state.limits, snapshot, [], stage.now);
      expect(bytesOf(snapshotOf(after))).toBe(bytesOf(snapshot));
      expect(after.waitersBytes).toBe(stage.state.waitersBytes);
    }
    expect(largest).toBeGreaterThan(bound / 4);
    expect(stage.state.ended.size).toBeGreaterThan(0);
  });

  it('forgets the same after a restart as it would have without', () => {
    const flood = new Flood();
    const { stage } = flood;
    for (let count = 0; count < 3_000; count++) flood.run();
    const events = JSON.parse(JSON.stringify(stage.events));
    const kept = (snapshot: Snapshot) =>
      [...snapshot.answers, ...snapshot.ended].map((half) => half.map(([id]) => id));
    const half = recover(stage.state.limits, undefined, events.slice(0, events.length / 2), stage.now);
    const whole = recover(stage.state.limits, snapshotOf(half), events, stage.now);
    expect(kept(snapshotOf(whole))).toEqual(kept(snapshotOf(stage.state)));
  });

  it('refuses who comes when the queue is full, and has the place for those who come again', () => {
    const stage = new Stage({ waitersBytes: 2_000 }).free('a');
    stage.hold('keeper');
    const asked = Array.from({ length: 20 }, () => stage.ask('ann', { waitMs: 9_000 }));
    const outcomes = asked.map((command) => outcomeOf(stage.run(command)));
    const places = outcomes.indexOf('too_many_waiting');
    expect(places).toBeGreaterThan(2);
    expect(new Set(outcomes.slice(places))).toEqual(new Set(['too_many_waiting']));
    expect(outcomeOf(stage.run(asked[0]!))).toBe('queued');
    stage.run({ type: 'cancel', requestId: asked[0]!.requestId });
    expect(outcomeOf(stage.run(asked.at(-1)!))).toBe('queued');
  });
});
