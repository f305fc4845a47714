import { Ajv, type ErrorObject, type Options } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { type FieldFault, validationFailed } from './problem.ts';

const COMMON: Options = { allErrors: true, strict: false, useDefaults: true, removeAdditional: false };

// A body means what it says: "title": 123 is an error, never "123". What comes in an address is always text.
const strict = withFormats(new Ajv({ ...COMMON, coerceTypes: false }));
const coercing = withFormats(new Ajv({ ...COMMON, coerceTypes: 'array' }));

function withFormats(ajv: Ajv): Ajv {
  addFormats.default(ajv);
  return ajv;
}

/** Fastify's validator: strict for bodies, coercing for query, path and headers. */
export const bodyCompiler: FastifySchemaCompiler<unknown> = ({ schema, httpPart }) => {
  const ajv = httpPart === 'body' ? strict : coercing;
  return ajv.compile(schema as object);
};

/** Turns what Ajv found into `{field, message}` pairs, one per field and fault. */
export function toFieldFaults(errors: readonly FastifySchemaValidationError[], part: string): FieldFault[] {
  return errors.slice(0, 20).map((error) => ({
    field: fieldOf(error as unknown as ErrorObject, part),
    message: error.message ?? 'does not fit',
  }));
}

function fieldOf(error: ErrorObject, part: string): string {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const inner =
    error.keyword === 'required'
      ? String(error.params.missingProperty)
      : error.keyword === 'additionalProperties'
        ? String(error.params.additionalProperty)
        : '';
  return [path, inner].filter((piece) => piece !== '').join('.') || part;
}

/** For bodies that a route reads by itself: answers the value when it fits the schema, else throws the usual 422. */
export function bodyReader<S extends TSchema>(schema: S): (value: unknown) => Static<S> {
  const fits = strict.compile<Static<S>>(schema);
  return (value) => {
    if (fits(value)) return value;
    const errors = toFieldFaults((fits.errors ?? []) as FastifySchemaValidationError[], 'body');
    const [first] = errors;
    throw validationFailed(first ? `${first.field} ${first.message}.` : 'The request does not fit.', {
      errors,
    });
  };
}
