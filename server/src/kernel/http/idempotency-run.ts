import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../id.ts';
import type { Logger } from '../log/log.ts';
import { type Fingerprint, isSameRequest } from './idempotency-fingerprint.ts';
import {
  deleteForgottenKeysAcrossOrganisations,
  findKey,
  type KeptReply,
  type KeyOwner,
  keepReply,
  releaseKey,
  renewLease,
  takeKey,
} from './idempotency-repo.ts';
import { defineProblem } from './problem.ts';

export interface KeyContext {
  db: Db;
  clock: Clock;
  log: Logger;
}

/** A request that holds its key. */
export interface Run {
  owner: KeyOwner;
  runId: string;
  stopRenewing: () => void;
}

const KEPT_MS = 86_400_000;
/** How long a key stays taken after its process died. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
const RETRY_AFTER_SECONDS = '2';
/** How often a key is tried that is released just while it is looked at. */
const TRIES = 3;

const inProgress = defineProblem('conflict', 'idempotency.in-progress', 'The same request is still running');
const keyReused = defineProblem(
  'invalid',
  'idempotency.key-reused',
  'The Idempotency-Key belongs to another request',
);
const notKept = defineProblem('conflict', 'idempotency.reply-not-kept', 'Done before; the reply is not kept');

/** The key for this request, or the reply of the first one; throws the problem when there is neither. */
export async function takeOrFind(
  context: KeyContext,
  owner: KeyOwner,
  route: string,
  fingerprint: Fingerprint,
): Promise<Run | ReplayedReply> {
  const { db, clock } = context;
  const runId = newId();
  for (let tried = 0; tried < TRIES; tried++) {
    if (await takeKey(db.kysely, owner, { runId, route, fingerprint, ...instants(clock) })) {
      return { owner, runId, stopRenewing: keepRenewing(context, owner, runId) };
    }
    const known = await findKey(db.kysely, owner);
    if (known === null) continue;
    if (!isSameRequest(known.fingerprint, fingerprint)) {
      throw keyReused(`This key was given with another request (${known.route}); use a new key for each.`);
    }
    if (known.reply !== null) return wholeReply(known.reply);
    break;
  }
  throw inProgress('A request with this Idempotency-Key is still running; ask again in a moment.', {
    headers: { 'retry-after': RETRY_AFTER_SECONDS },
  });
}

/** A kept reply with its bytes. */
export type ReplayedReply = KeptReply & { body: Buffer };

function wholeReply({ body, ...reply }: KeptReply): ReplayedReply {
  if (body !== null) return { ...reply, body };
  throw notKept(`This was done, and answered with ${reply.status}; the reply was too large to be kept.`, {
    members: reply.location === null ? {} : { location: reply.location },
  });
}

/** Ends the run: keeps its reply, or (null) frees the key. Never fails: what was asked for has been done. */
export async function endRun({ db, log }: KeyContext, run: Run, reply: KeptReply | null): Promise<void> {
  run.stopRenewing();
  try {
    if (reply === null) await releaseKey(db.kysely, run.owner, run.runId);
    else await keepReply(db.kysely, run.owner, run.runId, reply);
  } catch (error) {
    log.warn({ err: error }, 'a reply could not be kept for its idempotency key');
  }
}

/** Deletes the replies of more than a day ago. */
export async function tidyKeys({ db, clock, log }: KeyContext): Promise<void> {
  const { now, forgottenBefore } = instants(clock);
  try {
    await deleteForgottenKeysAcrossOrganisations(db.kysely, now, forgottenBefore);
  } catch (error) {
    log.warn({ err: error }, 'old idempotency keys could not be deleted');
  }
}

/** An upload may run for hours: the key is its own for as long as its process lives. */
function keepRenewing({ db, clock, log }: KeyContext, owner: KeyOwner, runId: string): () => void {
  const timer = setInterval(() => {
    renewLease(db.kysely, owner, runId, instants(clock).leaseUntil).catch((error: unknown) =>
      log.warn({ err: error }, 'the lease of an idempotency key could not be renewed'),
    );
  }, RENEW_MS).unref();
  return () => clearInterval(timer);
}

function instants(clock: Clock) {
  const nowMs = clock.now();
  return {
    now: new Date(nowMs),
    leaseUntil: new Date(nowMs + LEASE_MS),
    forgottenBefore: new Date(nowMs - KEPT_MS),
  };
}
