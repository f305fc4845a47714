import { type Executor, runSql } from '../db/db.ts';
import type { Fingerprint } from './idempotency-fingerprint.ts';

/** Whose key it is: the same key of somebody else is another key. */
export interface KeyOwner {
  organisationId: string;
  personId: string;
  keyHash: Buffer;
}

/** What a key was given for, and how that stands. */
export interface KnownKey {
  route: string;
  fingerprint: Fingerprint;
  /** null while the first request is still running. */
  reply: KeptReply | null;
}

/** A reply as it is sent again; `body` is null when it was too large to keep. */
export interface KeptReply {
  status: number;
  contentType: string | null;
  location: string | null;
  body: Buffer | null;
}

/** What a request that takes a key says of itself. */
export interface KeyRun {
  /** Names this run of the request; one that lost its lease can write nothing any more. */
  runId: string;
  route: string;
  fingerprint: Fingerprint;
  now: Date;
  leaseUntil: Date;
  /** Replies of before this instant are forgotten. */
  forgottenBefore: Date;
}

/** Takes the key when it is new, forgotten, or left behind by a process that died; true when taken. */
export async function takeKey(q: Executor, owner: KeyOwner, run: KeyRun): Promise<boolean> {
  const rows = await runSql(
    q,
    `insert into idempotency_keys as known
       (organisation_id, person_id, key_hash, route, fingerprint, form_bytes, boundary_chars, state, run_id,
        lease_until, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'in-progress', $8, $9, $10)
     on conflict (organisation_id, person_id, key_hash) do update set
       route = excluded.route, fingerprint = excluded.fingerprint, form_bytes = excluded.form_bytes,
       boundary_chars = excluded.boundary_chars, state = 'in-progress', run_id = excluded.run_id,
       lease_until = excluded.lease_until, created_at = excluded.created_at,
       status = null, content_type = null, location = null, body = null
     where (known.state = 'in-progress' and known.lease_until <= $10)
        or (known.state = 'done' and known.created_at <= $11)
     returning run_id`,
    [
      ...valuesOf(owner),
      run.route,
      run.fingerprint.hash,
      run.fingerprint.formBytes,
      run.fingerprint.boundaryChars,
      run.runId,
      run.leaseUntil,
      run.now,
      run.forgottenBefore,
    ],
  );
  return rows.length > 0;
}

interface KeyRow {
  route: string;
  fingerprint: Buffer;
  form_bytes: number | null;
  boundary_chars: number | null;
  status: number | null;
  content_type: string | null;
  location: string | null;
  body: Buffer | null;
}

/** The key as it is now; null when it has just been released. */
export async function findKey(q: Executor, owner: KeyOwner): Promise<KnownKey | null> {
  const [row] = await runSql<KeyRow>(
    q,
    `select route, fingerprint, form_bytes, boundary_chars, status, content_type, location, body
     from idempotency_keys where organisation_id = $1 and person_id = $2 and key_hash = $3`,
    valuesOf(owner),
  );
  if (!row) return null;
  const { route, fingerprint: hash, form_bytes: formBytes, boundary_chars: boundaryChars, status } = row;
  const { content_type: contentType, location, body } = row;
  return {
    route,
    fingerprint: { hash, formBytes, boundaryChars },
    reply: status === null ? null : { status, contentType, location, body },
  };
}

/** Keeps the reply, when this run still holds the key. */
export async function keepReply(
  q: Executor,
  owner: KeyOwner,
  runId: string,
  reply: KeptReply,
): Promise<void> {
  await runSql(
    q,
    `update idempotency_keys
     set state = 'done', status = $5, content_type = $6, location = $7, body = $8
     where organisation_id = $1 and person_id = $2 and key_hash = $3 and run_id = $4 and state = 'in-progress'`,
    [...valuesOf(owner), runId, reply.status, reply.contentType, reply.location, reply.body],
  );
}

/** Frees the key, when this run still holds it. */
export async function releaseKey(q: Executor, owner: KeyOwner, runId: string): Promise<void> {
  await runSql(
    q,
    `delete from idempotency_keys
     where organisation_id = $1 and person_id = $2 and key_hash = $3 and run_id = $4 and state = 'in-progress'`,
    [...valuesOf(owner), runId],
  );
}

/** Says that the request still runs. */
export async function renewLease(q: Executor, owner: KeyOwner, runId: string, until: Date): Promise<void> {
  await runSql(
    q,
    `update idempotency_keys set lease_until = $5
     where organisation_id = $1 and person_id = $2 and key_hash = $3 and run_id = $4 and state = 'in-progress'`,
    [...valuesOf(owner), runId, until],
  );
}

/** Deletes what is forgotten; several processes may do it at once. */
export async function deleteForgottenKeysAcrossOrganisations(
  q: Executor,
  now: Date,
  forgottenBefore: Date,
): Promise<void> {
  await runSql(
    q,
    `delete from idempotency_keys where created_at <= $2 and (state = 'done' or lease_until <= $1)`,
    [now, forgottenBefore],
  );
}

const valuesOf = ({ organisationId, personId, keyHash }: KeyOwner) => [organisationId, personId, keyHash];
