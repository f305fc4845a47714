import { defineProblem } from '../../kernel/http/problem.ts';

const refused = defineProblem('invalid', 'search.query-refused', 'This cannot be searched');

/** A 422 for one parameter; the sentence says what would do. */
export const refuseQuery = (field: string, message: string) =>
  refused(`${field} ${message}.`, { errors: [{ field, message }] });
