import Type from 'typebox';
import { LANGUAGE_TAG, LONGEST_LANGUAGE_TAG } from '../language-tag.ts';
import type { App } from './app.ts';

/** RFC 9457 as every error of ours is written. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Stable name of the kind of problem, urn:antenne:problem:…' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'A sentence that can be shown.' }),
    instance: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  },
  { $id: 'Problem', additionalProperties: true },
);

/** Members that every list has beside its items (CONTRACTS "Rules for all of them"). */
export const PageMembers = {
  total: Type.Integer({ minimum: 0 }),
  page: Type.Integer({ minimum: 1 }),
  per_page: Type.Integer({ minimum: 1 }),
  has_next: Type.Boolean(),
  has_prev: Type.Boolean(),
};

/** The language of a sound or a text. */
export const LanguageTag = Type.String({
  maxLength: LONGEST_LANGUAGE_TAG,
  pattern: LANGUAGE_TAG.source,
  description: 'BCP 47 tag, e.g. `fr` or `pt-BR`',
});

const DEFAULT_PER_PAGE = 20;

/** Query of every list. */
export const PageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1 })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_PER_PAGE })),
};

/** The page that a list's query asks for, and the window of rows that it stands for. */
export function pageOf({
  page = 1,
  per_page: perPage = DEFAULT_PER_PAGE,
}: {
  page?: number;
  per_page?: number;
}) {
  return { page, perPage, window: { limit: perPage, offset: (page - 1) * perPage } };
}

/** The members of one page, from its number, size and the total. */
export function pageMembers(page: number, perPage: number, total: number) {
  return { total, page, per_page: perPage, has_next: page * perPage < total, has_prev: page > 1 };
}

/** Adds the shared schemas, and problem replies to every route that declares replies. */
export function registerSchemas(app: App): void {
  app.addSchema(ProblemSchema);
  app.addHook('onRoute', (route) => {
    const response = route.schema?.response;
    if (!response || typeof response !== 'object' || route.schema?.hide) return;
    route.schema = {
      ...route.schema,
      response: { ...response, '4xx': Type.Ref('Problem'), '5xx': Type.Ref('Problem') },
    };
  });
}
