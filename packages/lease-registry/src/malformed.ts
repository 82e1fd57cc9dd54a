import { isReadableName } from '@escarp/contract';
import { type ClaimMode, noClaims } from './asset.js';
import type { Accept, Acquire, Command, SetAsset } from './command.js';
import { hasInheritedName, type JsonRecord, jsonBytes, textBytes } from './json.js';
import type { Limits } from './limits.js';
import type { Labels } from './selector.js';

/** The first field that only a caller without types can send, that no one could read, or that exceeds a limit. */
export function malformed(limits: Limits, command: Command): string | undefined {
  switch (command.type) {
    case 'acquire': {
      const { selector, attributes, waitMs = 0 } = command;
      const bad = badCaller(limits, command) ?? badName(limits, 'key', selector.key);
      if (bad !== undefined) return bad;
      if (!(waitMs >= 0)) return 'wait';
      return badClaims(limits, command) ?? badDetails(limits, selector.labels, attributes);
    }
    case 'accept':
      return (
        badCaller(limits, command) ??
        badName(limits, 'handoff', command.codeDigest) ??
        badDetails(limits, undefined, command.attributes)
      );
    case 'offer': {
      const { to, codeDigest, ttlMs = 1 } = command;
      const bad = badName(limits, 'to', to) ?? badName(limits, 'handoff', codeDigest);
      return bad ?? (ttlMs > 0 ? badIds(limits, command.requestId, command.tokenDigest) : 'ttl');
    }
    case 'renew': {
      const { ttlMs = 1, requestId, tokenDigest } = command;
      return ttlMs > 0 ? badIds(limits, requestId, tokenDigest) : 'ttl';
    }
    case 'release':
    case 'retract':
      return badIds(limits, command.requestId, command.tokenDigest);
    case 'added':
      return badName(limits, 'key', command.key) ?? badDetails(limits, command.labels, command.attributes);
    case 'asset-set':
      return badAsset(limits, command);
    case 'ask': {
      const { reason, instructions, timeoutMs = 1, requestId, tokenDigest } = command;
      if (!(timeoutMs > 0)) return 'timeout';
      return (
        badIds(limits, requestId, tokenDigest) ?? badTexts(limits, { reason: reason + (instructions ?? '') })
      );
    }
    case 'decide':
      return badName(limits, 'by', command.by) ?? badTexts(limits, { note: command.note });
    case 'take-control':
      return badName(limits, 'who', command.who) ?? badTexts(limits, { reason: command.reason });
    case 'return-control':
    case 'answer':
      return badName(limits, 'who', command.who) ?? badTexts(limits, { note: command.note });
    default:
      return undefined;
  }
}

function badClaims(limits: Limits, { claims = noClaims }: Acquire): string | undefined {
  if (claims.length === 0) return undefined;
  const isOne = claims.every(
    ({ name, mode }) => badName(limits, 'claims', name) === undefined && Object.hasOwn(claimModes, mode),
  );
  const names = new Set(claims.map(({ name }) => name));
  return isOne && names.size === claims.length && claims.length <= limits.claimsMax ? undefined : 'claims';
}

const claimModes: Readonly<Record<ClaimMode, true>> = { shared: true, update: true, exclusive: true };

function badAsset(limits: Limits, { name, capacity, version }: SetAsset): string | undefined {
  if (badName(limits, 'name', name) !== undefined) return 'name';
  if (!Number.isSafeInteger(capacity) || capacity < 1) return 'capacity';
  return Number.isSafeInteger(version) && version >= 1 ? undefined : 'version';
}

/** What people say to each other. */
function badTexts(
  { askBytes }: Limits,
  texts: Readonly<Record<string, string | undefined>>,
): string | undefined {
  return Object.keys(texts).find((name) => textBytes(texts[name] ?? '') > askBytes);
}

function badCaller(limits: Limits, command: Acquire | Accept): string | undefined {
  const { scope, leaseId, requestId, tokenDigest, ttlMs = 1 } = command;
  return (
    badIds(limits, requestId, tokenDigest) ??
    badName(limits, 'lease_id', leaseId) ??
    badName(limits, 'holder', scope.holder) ??
    badName(limits, 'tenant', scope.tenant) ??
    badName(limits, 'run', scope.run) ??
    badName(limits, 'client', scope.client) ??
    (ttlMs > 0 ? undefined : 'ttl')
  );
}

/** Without a request id nothing of such a command is kept. */
function badIds(limits: Limits, requestId: string | undefined, tokenDigest: string): string | undefined {
  if (requestId === undefined) return undefined;
  return badName(limits, 'request_id', requestId) ?? badName(limits, 'token', tokenDigest);
}

function badName({ nameBytes }: Limits, field: string, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  return isReadableName(name) && isWithin(nameBytes, name) ? undefined : field;
}

/** The length alone settles it for a text that is short enough whatever it is made of. */
function isWithin(bytesMax: number, text: string): boolean {
  return 6 * text.length + 2 <= bytesMax || textBytes(text) <= bytesMax;
}

function badDetails(limits: Limits, labels?: Labels, attributes?: JsonRecord): string | undefined {
  for (const name in labels) if (badName(limits, 'labels', name) !== undefined) return 'labels';
  if (hasInheritedName(labels)) return 'labels';
  if (hasInheritedName(attributes)) return 'attributes';
  const labelsBytes = labels === undefined ? 0 : jsonBytes(labels);
  if (labelsBytes > limits.detailsBytes) return 'labels';
  const bytes = attributes === undefined ? 0 : jsonBytes(attributes);
  return labelsBytes + bytes > limits.detailsBytes ? 'attributes' : undefined;
}
