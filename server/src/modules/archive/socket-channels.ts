import { type Actor, isSignedIn, may } from '../../kernel/auth/actor.ts';
import type { Db } from '../../kernel/db/db.ts';
import type { ChannelRule } from '../../kernel/http/socket-hub.ts';
import { isId } from '../../kernel/id.ts';
import { findDebat } from './debat-repo.ts';
import { mayRead } from './policy.ts';

const DEBAT_PREFIX = 'debate:';

/** The channel of one débat. */
export const debatChannel = (debatId: string): string => `${DEBAT_PREFIX}${debatId}`;

/** The channels of `WS /ws` and who may follow them (CONTRACTS "Débats"). */
export function channelRules(db: Db): ChannelRule[] {
  const always = () => true;
  const watchesExtractions = (actor: Actor) => may(actor, 'archive.read') || may(actor, 'media.read');
  const readsSystem = (actor: Actor) => may(actor, 'system.read');
  return [
    {
      ...named('debats', always),
      matches: (channel) => channel === 'debats' || channel === 'debates',
      canonical: () => 'debats',
    },
    named('extractions', watchesExtractions),
    named('live', always),
    named('system', readsSystem),
    named('user', isSignedIn),
    {
      name: 'debate:{id}',
      matches: (channel) => channel.startsWith(DEBAT_PREFIX),
      canonical: (channel) => channel.toLowerCase(),
      maySubscribe: async (actor, channel) => {
        const id = channel.slice(DEBAT_PREFIX.length);
        const debat = isId(id) ? await findDebat(db.kysely, actor.organisationId, id) : null;
        return debat !== null && mayRead(actor, debat);
      },
    },
  ];
}

function named(name: string, isAllowed: (actor: Actor) => boolean): ChannelRule {
  return {
    name,
    matches: (channel) => channel === name,
    maySubscribe: isAllowed,
    isOfferedTo: isAllowed,
  };
}
