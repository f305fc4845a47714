import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import type { App } from '../../src/kernel/http/app.ts';

/** Makes every JSON reply of the app answer for its schema: a reply that breaks it fails the test as a 500. */
export function checkReplies(app: App): void {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const known = new Set<string>();
  app.addHook('onSend', async (request, reply, payload) => {
    const schema = schemaOf(request.routeOptions.schema?.response, reply.statusCode);
    const isJson = String(reply.getHeader('content-type') ?? '').includes('json');
    if (!schema || !isJson || typeof payload !== 'string') return payload;
    for (const [id, shared] of Object.entries(app.getSchemas())) {
      if (!known.has(id)) ajv.addSchema(shared as object, id);
      known.add(id);
    }
    const fits = ajv.validate(schema, JSON.parse(payload));
    if (!fits) {
      const where = `${request.method} ${request.routeOptions.url} ${reply.statusCode}`;
      throw new Error(`the reply of ${where} breaks its schema: ${ajv.errorsText()}`);
    }
    return payload;
  });
}

function schemaOf(response: unknown, status: number): object | null {
  if (typeof response !== 'object' || response === null) return null;
  const byStatus = response as Record<string, object | undefined>;
  return byStatus[status] ?? byStatus[`${String(status)[0]}xx`] ?? null;
}
