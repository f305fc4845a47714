import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import type { Db } from '../../../kernel/db/db.ts';
import type { Logger } from '../../../kernel/log/log.ts';
import type { AccountsDoor } from '../../accounts/public.ts';
import type { Sealer } from './sealed-secret.ts';
import {
  findSigningKeys,
  insertSigningKey,
  lockNewestGeneration,
  type SigningKeyRow,
} from './signing-key-repo.ts';

const SECRET_BYTES = 32;
const KID_BYTES = 5;
/** SIGNING_KEY's name, which is no one else's: others have ten characters. */
export const INSTALLATION_KID = 'installation';

/** A key that signs addresses; `secret` is used as the text it is, not decoded. */
export interface SigningKey {
  /** Names the key in an address; of the organisation only. */
  kid: string;
  secret: string;
  state: 'current' | 'previous';
  /** Null for SIGNING_KEY, whose age we don't know. */
  createdAt: Date | null;
}

/** The keys of organisations: the current one and the one before. */
export interface SigningKeys {
  /** The current one first; empty for an organisation that has made none. */
  of(organisationId: string): Promise<SigningKey[]>;
  /** Makes a new current key; the one before goes on to be accepted until the next rotation. */
  rotate(organisationId: string, by: { personId: string | null; origin: Origin | null }): Promise<SigningKey>;
}

type Origin = { ip: string; userAgent: string | null };

interface Parts {
  db: Db;
  clock: Clock;
  log: Logger;
  sealer: Sealer;
  installationKey: string;
  accounts: Pick<AccountsDoor, 'organisationOf' | 'audit'>;
}

/** Reads the table at each call: a rotation counts at once in every process. */
export function createSigningKeys(parts: Parts): SigningKeys {
  const { db, clock, sealer, accounts } = parts;
  return {
    of: async (organisationId) => {
      const rows = await findSigningKeys(db, organisationId);
      const own = rows.flatMap((row, index) => openRow(parts, organisationId, row, index));
      const isDefault =
        rows.length < 2 && (await accounts.organisationOf(organisationId))?.isDefault === true;
      if (!isDefault || (rows[0]?.generation ?? 0) > 1) return own;
      // SIGNING_KEY is what the default organisation's back ends shared before there were keys of its own.
      const state = rows.length === 0 ? 'current' : 'previous';
      return [...own, { kid: INSTALLATION_KID, secret: parts.installationKey, state, createdAt: null }];
    },
    rotate: (organisationId, { personId, origin }) =>
      db.transaction(async (tx) => {
        const generation = (await lockNewestGeneration(tx, organisationId)) + 1;
        const secret = randomBytes(SECRET_BYTES).toString('base64url');
        const kid = randomBytes(KID_BYTES).toString('hex');
        const createdAt = new Date(clock.now());
        const sealedSecret = sealer.seal(secret, aboutKey(organisationId, kid));
        const row = { generation, kid, sealedSecret, createdAt, createdBy: personId };
        await insertSigningKey(tx, organisationId, row);
        const details = { kid };
        const entry = { at: createdAt, action: 'media.signing-key-rotated', personId, origin, details };
        await accounts.audit(tx, organisationId, entry);
        return { kid, secret, state: 'current', createdAt };
      }),
  };
}

const aboutKey = (organisationId: string, kid: string): string => `${organisationId} ${kid}`;

function openRow(
  { sealer, log }: Parts,
  organisationId: string,
  { kid, sealedSecret, createdAt }: SigningKeyRow,
  index: number,
): SigningKey[] {
  const secret = sealer.unseal(sealedSecret, aboutKey(organisationId, kid));
  if (secret !== null) return [{ kid, secret, state: index === 0 ? 'current' : 'previous', createdAt }];
  log.error({ kid, organisationId }, 'a signing key was sealed under another SECRET_KEY: rotate it');
  return [];
}
