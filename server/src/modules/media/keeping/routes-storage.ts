import Type from 'typebox';
import { needs } from '../../../kernel/auth/access.ts';
import { may } from '../../../kernel/auth/actor.ts';
import type { App } from '../../../kernel/http/app.ts';
import { originOf } from '../extraction/request-origin.ts';
import type { MediaContext } from '../media-context.ts';
import { findRetention, type RetentionRules, saveRetention } from './retention-repo.ts';
import { readUsage } from './usage-repo.ts';

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const StorageReply = Type.Object({
  used_bytes: Type.Integer({ description: 'Files as they came and renditions, the trash included' }),
  originals_bytes: Type.Integer(),
  renditions_bytes: Type.Integer(),
  trash_bytes: Type.Integer({ description: 'The part of `used_bytes` that lies in the trash' }),
  recordings: Type.Integer(),
  trashed_recordings: Type.Integer(),
  trash_days: Type.Integer({ description: 'How long the trash keeps; 0: not at all' }),
  quota_bytes: orNull(Type.Integer({ description: 'How much may be kept; null is without limit' })),
  free_bytes: orNull(
    Type.Integer({ description: 'Left on this machine’s disk; told to who holds `system.read`' }),
  ),
});

const Days = orNull(Type.Integer({ minimum: 1, maximum: 36_500 }));
const Retention = Type.Object(
  {
    unused_renditions_days: Days,
    originals_days: Days,
  },
  {
    description:
      'Days after which a rendition that someone asked for goes when nobody hears it, and the file as it came where renditions stay; null: never',
    additionalProperties: false,
  },
);

/** What the organisation keeps, and how much it may. */
export function registerStorageRoutes(app: App, context: MediaContext): void {
  registerRetentionRoutes(app, context);
  const { kernel, accounts } = context;
  app.get(
    '/api/storage',
    {
      config: { access: needs('media.read'), budget: 'api' },
      schema: {
        tags: ['Storage'],
        operationId: 'showStorage',
        summary: 'Show how much the organisation keeps',
        response: { 200: StorageReply },
      },
    },
    async ({ actor }) => {
      const usage = await readUsage(kernel.db.kysely, actor.organisationId);
      const organisation = await accounts.organisationOf(actor.organisationId);
      return {
        used_bytes: usage.originalsBytes + usage.renditionsBytes,
        originals_bytes: usage.originalsBytes,
        renditions_bytes: usage.renditionsBytes,
        trash_bytes: usage.trashBytes,
        recordings: usage.recordings,
        trashed_recordings: usage.trashedRecordings,
        trash_days: kernel.config.trashDays,
        quota_bytes: organisation?.quotaBytes ?? null,
        free_bytes: may(actor, 'system.read') ? await kernel.storage.freeBytes() : null,
      };
    },
  );
}

function registerRetentionRoutes(app: App, { kernel, accounts }: MediaContext): void {
  const config = { access: needs('settings.manage'), budget: 'api' as const };
  const tags = ['Storage'];
  app.get(
    '/api/storage/retention',
    {
      config,
      schema: {
        tags,
        operationId: 'showRetention',
        summary: 'Show what is removed without being asked',
        response: { 200: Retention },
      },
    },
    async ({ actor }) => present(await findRetention(kernel.db.kysely, actor.organisationId)),
  );
  app.put(
    '/api/storage/retention',
    {
      config,
      schema: {
        tags,
        operationId: 'changeRetention',
        summary: 'Change what is removed without being asked',
        description: 'Workers follow it once a day; `./antenne cleanup --dry-run` tells what that would be.',
        body: Retention,
        response: { 200: Retention },
      },
    },
    async (request) => {
      const { actor, body } = request;
      const rules = { unusedRenditionsDays: body.unused_renditions_days, originalsDays: body.originals_days };
      await kernel.db.transaction(async (tx) => {
        await saveRetention(tx, actor.organisationId, rules);
        await accounts.audit(tx, actor.organisationId, {
          at: new Date(kernel.clock.now()),
          action: 'media.retention-changed',
          personId: actor.personId,
          origin: originOf(request),
          details: body,
        });
      });
      return present(rules);
    },
  );
}

function present({ unusedRenditionsDays, originalsDays }: RetentionRules) {
  return { unused_renditions_days: unusedRenditionsDays, originals_days: originalsDays };
}
