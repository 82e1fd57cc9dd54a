// Each is a defect somebody could write. A test must notice it. The text that is replaced stands once in its file.

const edit = (file, from, to) => ({ file, from, to });

/** @type {{ name: string, edits: { file: string, from: string, to: string }[] }[]} */
export const mutants = [
  // Named by the design.
  {
    name: 'drop the fence check',
    edits: [
      edit(
        'resource-commands.ts',
        'return resource?.fence === fence ? resource : undefined;',
        'return fence > 0 ? resource : undefined;',
      ),
    ],
  },
  { name: 'never bump the fence', edits: [edit('step-context.ts', 'state.fence + 1', 'state.fence')] },
  {
    name: 'bump the fence at resets only',
    edits: [edit('grant.ts', 'const fence = nextFence(context);', 'const fence = context.state.fence;')],
  },
  {
    name: '< for <= at the deadline of a lease',
    edits: [edit('expire.ts', 'if (lease.deadlineMs <= now) return', 'if (lease.deadlineMs < now) return')],
  },
  {
    name: '< for <= at every deadline',
    edits: [edit('deadlines.ts', 'this.heap[0]!.bound <= limit', 'this.heap[0]!.bound < limit')],
  },
  {
    name: 're-arm a waiter’s deadline when its client comes back',
    edits: [
      edit(
        'acquire.ts',
        '{ ...waiter, absent: false }',
        '{ ...waiter, absent: false, deadlineMs: context.now.monotonicMs + waiter.waitTimeoutMs }',
      ),
    ],
  },
  {
    name: 'free before reset',
    edits: [edit('apply.ts', "state: 'resetting', fence", "state: 'free', fence")],
  },
  {
    name: 'release without comparing the lease',
    edits: [
      edit(
        'idempotency.ts',
        '?.lease ?? noLease(state, tokenDigest)',
        "?.lease ?? state.leases.get(state.ended.get(tokenDigest)?.key ?? '') ?? noLease(state, tokenDigest)",
      ),
    ],
  },
  {
    name: 'settle twice',
    edits: [
      edit(
        'grant.ts',
        "context.effects.push({ type: 'settle', requestId, reply });",
        "context.effects.push({ type: 'settle', requestId, reply }, { type: 'settle', requestId, reply });",
      ),
    ],
  },

  // Leases.
  {
    name: 'renew may shorten',
    edits: [
      edit(
        'lease-commands.ts',
        'Math.max(lease.deadlineMs, termStart(lease, monotonicMs) + ttlMs)',
        'termStart(lease, monotonicMs) + ttlMs',
      ),
    ],
  },
  {
    name: 'decide by the wall clock',
    edits: [
      edit('expire.ts', 'const { monotonicMs: now } = context.now;', 'const { wallMs: now } = context.now;'),
      edit('expire.ts', 'const now = context.now.monotonicMs;', 'const now = context.now.wallMs;'),
    ],
  },
  {
    name: 'end the lease of another resource that is due',
    edits: [
      edit(
        'expire.ts',
        'expireOnLease(context, cell, cell.lease)',
        'expireOnLease(context, due[0]!, cell.lease)',
      ),
    ],
  },
  { name: 'a grace with every sleep', edits: [edit('grace.ts', 'lease.graced || ', '')] },
  {
    name: 'no grace at all',
    edits: [edit('step.ts', "if (command.type === 'gap') giveGrace(context, command);", '')],
  },
  {
    name: 'a token opens two leases',
    edits: [edit('acquire.ts', "if (isSpent(state, command.tokenDigest)) return conflict('token');", '')],
  },
  {
    name: 'a draining resource is offered again',
    edits: [edit('resource-commands.ts', 'if (draining) {', 'if (draining && key === undefined) {')],
  },
  {
    name: 'a quarantine that never grows',
    edits: [edit('limits.ts', ' * 2 ** (failures - 1)', ' * Math.min(1, failures)')],
  },

  // The queue.
  {
    name: 'last come first served',
    edits: [edit('queue.ts', 'head.arrival < first.arrival', 'head.arrival > first.arrival')],
  },
  {
    name: 'grant to a waiter whose client is away',
    edits: [edit('recover.ts', '  leaveQueue(state, waiter);\n', '')],
  },
  {
    name: 'leave a waiter in its queue when it times out',
    edits: [edit('apply.ts', '  leaveQueue(state, waiter);\n', '')],
  },
  {
    name: 'leave a freed resource unserved',
    edits: [
      edit(
        'resource-commands.ts',
        '  if (context.state.selectiveQueues.size === 0) serve(context, context.state.resources.get(key));\n',
        '',
      ),
    ],
  },
  {
    name: 'count a renewed TTL from within a person’s turn',
    edits: [edit('lease-commands.ts', 'termStart(lease, monotonicMs) + ttlMs', 'monotonicMs + ttlMs')],
  },
  {
    name: 'grant what held an asset before what stands free',
    edits: [edit('resource-commands.ts', 'if (context.state.selectiveQueues.size === 0) serve', 'serve')],
  },
  {
    name: 'take the end of an offer for that of a lease when a caller is to ask again',
    edits: [
      edit(
        'acquire.ts',
        'next !== undefined && next.deadline === exitAt(state, next.value)',
        'next !== undefined',
      ),
    ],
  },

  // Quotas.
  {
    name: 'one more than the quota',
    edits: [edit('quota.ts', 'ofHolder >= perHolder', 'ofHolder > perHolder')],
  },
  {
    name: 'a quota that is not given back',
    edits: [edit('apply.ts', 'count(state, waiter.scope, -1);', '')],
  },

  // Handoff.
  {
    name: 'anybody may accept',
    edits: [edit('handoff.ts', 'lease.offer?.to !== command.scope.holder', "lease.offer?.to === ''")],
  },
  {
    name: 'an ended lease keeps its token',
    edits: [edit('lease-table.ts', '    this.byToken.delete(tokenDigest);\n', '')],
  },

  // Replays and memory.
  {
    name: 'forget what was refused',
    edits: [
      edit(
        'idempotency.ts',
        'if (isPassing(reply) || (',
        "if (reply.type === 'refused' || isPassing(reply) || (",
      ),
    ],
  },
  {
    name: 'any content will do',
    edits: [
      edit(
        'idempotency.ts',
        '  if (!sameJson(earlier.request, contentOf(command))) return conflict();\n',
        '',
      ),
    ],
  },
  {
    name: 'remember for ever',
    edits: [edit('bounded-memory.ts', 'this.young.size >= this.capacity', 'this.young.size >= Infinity')],
  },

  // What the state is kept in.
  {
    name: 'change a lease that was handed out',
    edits: [
      edit(
        'lease-commands.ts',
        'holding.lease = renewedLease(holding.lease, now);',
        'Object.assign(holding.lease, renewedLease(holding.lease, now));',
      ),
    ],
  },
  {
    name: 'a heap that does not rise',
    edits: [edit('deadlines.ts', '    this.rise(item, item.place);\n', '')],
  },
  {
    name: 'a heap whose hole is filled without being put in order',
    edits: [
      edit(
        'deadlines.ts',
        '    this.rise(last, place);\n',
        '    this.heap[place] = last;\n    last.place = place;\n',
      ),
      edit('deadlines.ts', '    if (last.place === place) this.sink(last, place);\n', ''),
    ],
  },
  {
    name: 'a deadline that is taken out and not reported again',
    edits: [edit('deadlines.ts', '      else this.report(item);\n', '')],
  },
  {
    name: 'take out only the first of many that are due',
    edits: [
      edit(
        'deadlines.ts',
        'if (due.length === singlesMax) return this.takeAllDue(due, limit);',
        'if (due.length === singlesMax) return due;',
      ),
    ],
  },
  {
    name: 'an earlier deadline of a lease that nobody reports',
    edits: [edit('apply.ts', '  state.resources.deadlines.report(cell);\n', '')],
  },
  {
    name: 'an earlier deadline of a resource that nobody reports',
    edits: [
      edit(
        'timed-map.ts',
        '    cell.value = value;\n    this.deadlines.report(cell);\n',
        '    cell.value = value;\n',
      ),
    ],
  },
  {
    name: 'a deadline that outlives what it was for',
    edits: [edit('timed-map.ts', '    if (cell !== undefined) this.deadlines.delete(cell);\n', '')],
  },
  {
    name: 'a queue that is joined at its end, however long ago the waiter arrived',
    edits: [
      edit('ranked-queue.ts', 'else this.items.splice(place, 0, item);', 'else this.items.push(item);'),
    ],
  },
  {
    name: 'a free resource that cannot be found once another has left',
    edits: [edit('ranked-queue.ts', '    this.head = 0;\n', '')],
  },

  // Recovery.
  {
    name: 'fold a journal with a hole',
    edits: [edit('recover.ts', 'event.revision > state.revision + 1', 'event.revision < 0')],
  },
  {
    name: 'begin nothing again after a restart',
    edits: [edit('recover.ts', "return resource.state === 'resetting' ?", "return resource.key === '' ?")],
  },

  {
    name: 'give a journal of an earlier format as it stands',
    edits: [edit('migrate.ts', 'renamed[name] ?? name', 'name')],
  },

  // The driver.
  {
    name: 'answer before the events are durable',
    edits: [edit('registry.ts', '|| (await this.write())', '|| (void this.write(), true)')],
  },
  {
    name: 'keep the grants of a batch that was not written',
    edits: [
      edit('registry.ts', 'if (wrote && isGranting(command)) this.takeBack(command.requestId, reply);', ''),
    ],
  },
  {
    name: 'grant while the journal fails',
    edits: [
      edit(
        'registry.ts',
        'if (this.journalFailed && isGranting(command)) {',
        'if (this.closed && isGranting(command)) {',
      ),
    ],
  },
  {
    name: 'keep the place of one who hung up',
    edits: [
      edit(
        'registry.ts',
        "if (!this.callers.isWanted(requestId)) this.submitUnasked({ type: 'cancel', requestId });",
        '',
      ),
    ],
  },
  {
    name: 'lose a grant to one who hung up',
    edits: [
      edit(
        'registry.ts',
        '    if (!this.callers.isWanted(requestId)) this.takeBack(requestId, reply);\n',
        '',
      ),
    ],
  },
  {
    name: 'take a grant back from one who has it',
    edits: [edit('callers.ts', 'this.groups.get(requestId)?.delivered === true || ', '')],
  },
  {
    name: 'notice no sleep',
    edits: [
      edit(
        'registry.ts',
        'const late = lateMs > this.owned.limits.lateMs;',
        'const late = lateMs === Infinity;',
      ),
    ],
  },
  {
    name: 'set the timer anew every time',
    edits: [
      edit(
        'registry.ts',
        'this.timer.at <= at && at !== Infinity',
        'this.timer.at === at && at !== Infinity',
      ),
    ],
  },
  {
    name: 'write on after a step that threw',
    edits: [
      edit(
        'registry.ts',
        '    this.submissions = [];\n    this.callers.rejectAll(failure);',
        '    this.failure = undefined;\n    this.submissions = [];\n    this.callers.rejectAll(failure);',
      ),
    ],
  },
  {
    name: 'a snapshot of half a step',
    edits: [edit('registry.ts', '    if (this.failure !== undefined) throw this.failure;\n', '')],
  },
  {
    name: 'leave callers waiting at a registry that has stopped',
    edits: [edit('registry.ts', '    this.callers.rejectAll(failure);\n', '')],
  },
  // What is kept is bounded in bytes.
  {
    name: 'bounded: remember answers of any size',
    edits: [edit('bounded-memory.ts', 'this.youngBytes + bytes > this.youngBytesMax', 'bytes < 0')],
  },
  {
    name: 'bounded: count the old memory as young',
    edits: [edit('bounded-memory.ts', '      this.youngBytes = 0;\n', '')],
  },
  {
    name: 'bounded: forget the sizes at a restart',
    edits: [
      edit(
        'bounded-memory.ts',
        'for (const [key, value] of this.young) this.youngBytes +=',
        'for (const [key, value] of this.old) this.youngBytes +=',
      ),
    ],
  },
  {
    name: 'bounded: count what is undefined',
    edits: [edit('json.ts', 'inner !== undefined', 'name !== undefined')],
  },
  {
    name: 'bounded: count characters for bytes',
    edits: [edit('json.ts', 'else if (unit >= 0x800) bytes += 2;', 'else if (unit >= 0x800) bytes += 0;')],
  },
  {
    name: 'bounded: let any number wait',
    edits: [edit('acquire.ts', 'state.waitersBytes >= state.limits.waitersBytes', 'state.waitersBytes < 0')],
  },
  {
    name: 'bounded: count waiters that have left',
    edits: [edit('apply.ts', '  state.waitersBytes -= waiter.bytes;\n', '')],
  },
  {
    name: 'bounded: remember that the queue was full',
    edits: [edit('idempotency.ts', "reply.code === 'too_many_waiting' || ", '')],
  },
  {
    name: 'bounded: take names of any length',
    edits: [
      edit('malformed.ts', 'isReadableName(name) && isWithin(nameBytes, name)', 'isReadableName(name)'),
    ],
  },
  {
    name: 'bounded: take names that nobody can read',
    edits: [edit('malformed.ts', 'isReadableName(name) && ', '')],
  },
  {
    name: 'bounded: take keys that every object has',
    edits: [edit('json.ts', 'isInheritedName(name) || ', '')],
  },
  {
    name: 'bounded: weigh labels and attributes apart',
    edits: [edit('malformed.ts', 'labelsBytes + bytes > limits.detailsBytes', 'bytes > limits.detailsBytes')],
  },
  {
    name: 'bounded: keep errors of any length',
    edits: [
      edit(
        'resource-commands.ts',
        'shortened(text, state.limits.errorBytes)',
        'shortened(text, state.limits.errorBytes * 1e6)',
      ),
    ],
  },
  // What a lease that is over still says.
  {
    name: 'remember a conflict',
    edits: [edit('idempotency.ts', " || reply.code === 'request_conflict'", '')],
  },
  {
    name: 'people: remember that there was no room for a question',
    edits: [edit('idempotency.ts', "return reply.subject === 'asks'", 'return false')],
  },
  {
    name: 'take one lease of a resource for another',
    edits: [
      edit('lease-table.ts', 'lease?.fence === fence ? lease : undefined', 'fence > 0 ? lease : undefined'),
    ],
  },
  {
    name: 'over: give a dead lease again',
    edits: [edit('idempotency.ts', "'lease' in earlier.reply ?", "'lease' in command ?")],
  },
  {
    name: 'over: call a lease unknown whose end is forgotten',
    edits: [edit('idempotency.ts', "refused('lease_ended')", "refused('unknown_lease')")],
  },
  {
    name: 'over: end a waiter by the wall clock',
    edits: [
      edit(
        'recover.ts',
        'const absent = timedAnew({ ...waiter, absent: true }, now, state.limits);',
        'const absent = { ...timedAnew({ ...waiter, absent: true }, now, state.limits), deadlineMs: now.monotonicMs + Math.min(waiter.waitTimeoutMs, Math.max(0, waiter.queuedAt + waiter.waitTimeoutMs - now.wallMs)) };',
      ),
    ],
  },
  // Assets, and what people decide.
  {
    name: 'sharing: an exclusive claim beside others',
    edits: [edit('claims.ts', "if (mode === 'exclusive') return others.length === 0;", '')],
  },
  {
    name: 'sharing: others beside an exclusive claim',
    edits: [edit('claims.ts', "others.includes('exclusive') || (", '(')],
  },
  {
    name: 'sharing: two updates at once',
    edits: [edit('claims.ts', "(mode === 'update' && others.includes('update'))", "mode === 'never'")],
  },
  {
    name: 'sharing: one more than the capacity',
    edits: [edit('claims.ts', 'others.length < (', 'others.length <= (')],
  },
  {
    name: 'sharing: overtake who waits for the same asset',
    edits: [edit('claims.ts', ', ...awaited(state, name, arrival)]', ']')],
  },
  {
    name: 'sharing: count who came later too',
    edits: [edit('claims.ts', 'waiter.arrival < arrival', 'waiter.arrival !== arrival')],
  },
  {
    name: 'sharing: free a claim before the reset is over',
    edits: [
      edit(
        'apply.ts',
        "{ state: 'resetting', fence: resetFence,",
        "{ state: 'resetting', claims: noClaims, fence: resetFence,",
      ),
    ],
  },
  {
    name: 'sharing: keep a claim after the reset',
    edits: [
      edit(
        'apply-to-resource.ts',
        'const clean = { exitAtMs: Infinity, upSinceMs: nowMs, claims: noClaims };',
        'const clean = { exitAtMs: Infinity, upSinceMs: nowMs };',
      ),
    ],
  },
  {
    name: 'sharing: keep a claim in quarantine',
    edits: [edit('apply-to-resource.ts', 'retryInMs, claims: noClaims }', 'retryInMs }')],
  },
  {
    name: 'sharing: lose the claims in a handoff',
    edits: [edit('handoff.ts', 'attributes, claims, preparing });', 'attributes, claims: [], preparing });')],
  },
  {
    name: 'sharing: lose the claims of a resource in a restart',
    edits: [
      edit('recover.ts', '{ ...recorded, claims, upSinceMs', '{ ...recorded, claims: noClaims, upSinceMs'),
    ],
  },
  {
    name: 'sharing: leave those unserved whom a claim that ended has room for',
    edits: [edit('step.ts', '  serveClaimants(context, decidedFrom);\n', '')],
  },
  {
    name: 'sharing: leave those unserved whom somebody who timed out has made room for',
    edits: [edit('step.ts', '  serveClaimants(context, 0);\n', '')],
  },
  {
    name: 'sharing: change an asset whatever its version',
    edits: [
      edit(
        'asset-commands.ts',
        'ifVersion !== undefined && ifVersion !==',
        'ifVersion === -1 && ifVersion !==',
      ),
    ],
  },
  {
    name: 'sharing: remove an asset that is claimed',
    edits: [edit('asset-commands.ts', 'claimants(state, [{ name,', "claimants(state, [{ name: '',")],
  },
  {
    name: 'people: grant what nobody has approved',
    edits: [edit('acquire.ts', 'resource !== undefined && !mustAsk && ', 'resource !== undefined && ')],
  },
  {
    name: 'people: serve who is not approved yet',
    edits: [edit('queue.ts', '!waiter.absent && !isPending(waiter)', '!waiter.absent')],
  },
  {
    name: 'people: take no answer for a yes',
    edits: [edit('waiter.ts', 'Math.min(deadlineMs, approval.deadlineMs)', 'deadlineMs')],
  },
  {
    name: 'people: call an approval that nobody gave a wait',
    edits: [
      edit('expire.ts', "isPending(waiter) ? 'approval_timeout'", "isPending(waiter) ? 'wait_timeout'"),
    ],
  },
  {
    name: 'people: decide twice',
    edits: [edit('people.ts', 'waiter === undefined || !isPending(waiter)', 'waiter === undefined')],
  },
  {
    name: 'people: let the TTL run while a person has control',
    edits: [edit('apply.ts', 'nowMs + controlMs + termOf(state, lease)', 'nowMs + termOf(state, lease)')],
  },
  {
    name: 'people: keep control for ever',
    edits: [
      edit(
        'expire.ts',
        "control?.by === 'human' && control.deadlineMs <= now",
        "control?.by === 'human' && control.deadlineMs < 0",
      ),
    ],
  },
  {
    name: 'people: believe the wall clock about the turn of a person after a restart',
    edits: [
      edit(
        'recover.ts',
        '{ ...control, ...lasting(controlMs, now) }',
        '{ ...control, deadlineMs: now.monotonicMs + Math.max(0, control.expiresAt - now.wallMs) }',
      ),
    ],
  },
  {
    name: 'believe the wall clock about an offer after a restart',
    edits: [
      edit(
        'recover.ts',
        '{ ...offer, ...lasting(offer.ttlMs, now) }',
        '{ ...offer, deadlineMs: now.monotonicMs + Math.max(0, offer.expiresAt - now.wallMs) }',
      ),
    ],
  },
  {
    name: 'people: take control from another person',
    edits: [edit('people.ts', "if (lease.control?.by === 'human') return refused('human_in_control');", '')],
  },
  {
    name: 'people: take over whatever lease is there',
    edits: [edit('people.ts', 'leases.under({ key, fence })', 'leases.get(key)')],
  },
  {
    name: 'people: hand over a browser that a person has',
    edits: [edit('handoff.ts', "if (lease.control?.by === 'human') return refused('human_in_control');", '')],
  },
  {
    name: 'people: keep any number of questions',
    edits: [edit('people.ts', 'openAsks(lease).length >= limits.asksMax', 'openAsks(lease).length < 0')],
  },
  {
    name: 'people: answer a question twice',
    edits: [edit('people.ts', '!openAsks(lease).some(', '!lease.asks.some(')],
  },
  {
    name: 'people: leave a question open that nobody answers',
    edits: [edit('expire.ts', 'if (deadlineMs <= now) answerAsk', 'if (deadlineMs < 0) answerAsk')],
  },
  {
    name: 'people: hand back and leave the question open',
    edits: [
      edit('people.ts', 'for (const { id } of openAsks(lease)) answerAsk(context, lease, id, command);', ''),
    ],
  },
  {
    name: 'prepare: give a lease its TTL while it is prepared',
    edits: [
      edit('apply.ts', 'preparing === true ? limits.prepareMs : ttlMs', 'preparing === true ? ttlMs : ttlMs'),
    ],
  },
  {
    name: 'prepare: believe what is said of another lease',
    edits: [
      edit('lease-commands.ts', 'leases.under({ key, fence })?.preparing', 'leases.get(key)?.preparing'),
    ],
  },
  {
    name: 'prepare: remember the answer of a lease that never was',
    edits: [
      edit(
        'lease-commands.ts',
        "if (requestId !== undefined) emit(context, { type: 'answer-forgotten', requestId });\n  end(",
        'end(',
      ),
    ],
  },
];
