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
  { name: 'never bump the fence', edits: [edit('turn.ts', 'turn.state.fence + 1', 'turn.state.fence')] },
  {
    name: 'bump the fence at resets only',
    edits: [edit('grant.ts', 'fence: nextFence(turn)', 'fence: turn.state.fence')],
  },
  {
    name: '< for <= at the deadline of a lease',
    edits: [
      edit(
        'expire.ts',
        'lease.deadlineMs <= turn.now.monotonicMs',
        'lease.deadlineMs < turn.now.monotonicMs',
      ),
    ],
  },
  {
    name: '< for <= at every deadline',
    edits: [
      edit('persistent-map.ts', 'heap.bound <= limit', 'heap.bound < limit'),
      edit('lease-table.ts', 'heap.bound <= limit', 'heap.bound < limit'),
    ],
  },
  {
    name: 're-arm a waiter’s deadline when its client comes back',
    edits: [
      edit(
        'acquire.ts',
        '{ ...waiter, absent: false }',
        '{ ...waiter, absent: false, deadlineMs: turn.now.monotonicMs + waiter.patienceMs }',
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
        'held-lease.ts',
        'row === undefined ? noLease(state, tokenDigest)',
        "row === undefined ? (state.leases.get(recall(state.ended, tokenDigest)?.key ?? '') ?? noLease(state, tokenDigest))",
      ),
    ],
  },
  {
    name: 'settle twice',
    edits: [
      edit(
        'serve.ts',
        "turn.effects.push({ type: 'settle', requestId, reply });",
        "turn.effects.push({ type: 'settle', requestId, reply }, { type: 'settle', requestId, reply });",
      ),
    ],
  },

  // Leases.
  {
    name: 'renew may shorten',
    edits: [
      edit(
        'lease-store.ts',
        'Math.max(this.terms[row * width]!, monotonicMs + this.grants[row]!.ttlMs)',
        'monotonicMs + this.grants[row]!.ttlMs',
      ),
    ],
  },
  {
    name: 'decide by the wall clock',
    edits: [edit('expire.ts', 'const now = turn.now.monotonicMs;', 'const now = turn.now.wallMs;')],
  },
  { name: 'a grace with every sleep', edits: [edit('grace.ts', 'lease.graced || ', '')] },
  {
    name: 'no grace at all',
    edits: [edit('step.ts', "if (command.type === 'gap') giveGrace(turn, command);", '')],
  },
  {
    name: 'a token opens two leases',
    edits: [
      edit('acquire.ts', "if (isSpent(turn.state, command.tokenDigest)) return conflict('token');", ''),
    ],
  },
  {
    name: 'a draining resource is offered again',
    edits: [edit('resource-commands.ts', 'if (draining) {', 'if (draining && key === undefined) {')],
  },
  {
    name: 'a quarantine that never grows',
    edits: [edit('limits.ts', ' * 2 ** (failures - 1)', ' * Math.min(1, failures)')],
  },

  // The line.
  {
    name: 'last come first served',
    edits: [edit('line.ts', 'head.arrival < first.arrival', 'head.arrival > first.arrival')],
  },
  {
    name: 'grant to a waiter whose client is away',
    edits: [edit('recover.ts', '  leaveLine(draft, waiter, edit);\n', '')],
  },
  {
    name: 'leave a waiter in line when it times out',
    edits: [edit('apply.ts', '  if (!waiter.absent) leaveLine(draft, waiter, edit);\n', '')],
  },
  {
    name: 'leave a freed resource unserved',
    edits: [edit('resource-commands.ts', '  serve(turn, turn.state.free.get(key));\n', '')],
  },

  // Quotas.
  {
    name: 'one more than the quota',
    edits: [edit('quota.ts', 'ofHolder >= perHolder', 'ofHolder > perHolder')],
  },
  {
    name: 'a quota that is not given back',
    edits: [edit('apply.ts', 'count(draft, waiter.scope, -1, edit);', '')],
  },

  // Handoff.
  {
    name: 'anybody may accept',
    edits: [edit('handoff.ts', 'lease.offer.to !== command.scope.holder', "lease.offer.to === ''")],
  },
  {
    name: 'an ended lease keeps its token',
    edits: [edit('lease-store.ts', '    this.byToken.delete(tokenDigest);\n', '')],
  },
  {
    name: 'an offer outlives its lease',
    edits: [
      edit(
        'apply.ts',
        '  if (offer !== undefined) draft.offers = draft.offers.delete(offer.codeDigest, edit);\n',
        '',
      ),
    ],
  },

  // Replays and memory.
  {
    name: 'forget what was refused',
    edits: [
      edit(
        'memo.ts',
        'if (requestId === undefined || (',
        "if (requestId === undefined || reply.type === 'refused' || (",
      ),
    ],
  },
  {
    name: 'any content will do',
    edits: [
      edit(
        'memo.ts',
        'sameJson(earlier.request, contentOf(command)) ? earlier.reply : conflict()',
        'earlier.reply',
      ),
    ],
  },
  {
    name: 'remember for ever',
    edits: [edit('bounded-memory.ts', 'young.size < capacity', 'young.size < Infinity')],
  },

  // Persistence and recovery.
  {
    name: 'change the state that went in',
    edits: [
      edit(
        'versioned.ts',
        'if (this.edit === edit) return undefined;',
        'if (edit !== undefined) return undefined;',
      ),
    ],
  },
  {
    name: 'look into what later versions made of a table',
    edits: [edit('versioned.ts', 'store.logged === this.place && ', '')],
  },
  {
    name: 'look into a table that has moved on',
    edits: [edit('versioned.ts', ' && !store.isRetired', '')],
  },
  {
    name: 'take changes back in the wrong order',
    edits: [
      edit(
        'persistent-map.ts',
        'for (let at = this.logged - 1; at >= logged; at--)',
        'for (let at = logged; at < this.logged; at++)',
      ),
    ],
  },
  {
    name: 'a renewal that cannot be taken back',
    edits: [edit('lease-store.ts', '    copyTerm(terms, row, log.terms, log.rows.length);\n', '')],
  },
  {
    name: 'a heap that does not rise',
    edits: [
      edit(
        'lazy-heap.ts',
        '      this.bounds[place] = measure;\n      this.rise(place);',
        '      this.bounds[place] = measure;',
      ),
    ],
  },
  {
    name: 'believe a line with a wrong checksum',
    edits: [edit('journal-codec.ts', ' && line.slice(0, 8) === checksum(json)', '')],
  },
  {
    name: 'fold a journal with a hole',
    edits: [edit('recover.ts', 'event.revision > draft.revision + 1', 'event.revision < 0')],
  },
  {
    name: 'begin nothing again after a restart',
    edits: [edit('recover.ts', "return resource.state === 'resetting' ?", "return resource.key === '' ?")],
  },

  {
    name: 'a heap that loses its place when the last moves',
    edits: [edit('lazy-heap.ts', '    if (place >= 0) this.rows[place] = row;\n', '')],
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
    edits: [edit('callers.ts', 'this.parties.get(requestId)?.delivered === true || ', '')],
  },
  {
    name: 'notice no sleep',
    edits: [
      edit(
        'registry.ts',
        'const late = lateMs > this.current.limits.lateMs;',
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
];
