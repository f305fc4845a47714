import http, { Agent } from 'node:http';
import pg from 'pg';
import type { BenchQuery } from './queries.ts';

/** What both sides answer, as far as it can be compared. */
export interface Answer {
  total: number;
  isExact: boolean;
  shown: string[];
}

/** One side of the comparison. */
export interface SearchSide {
  name: string;
  ask(query: BenchQuery): Promise<Answer>;
  end(): Promise<void>;
}

/** Antenne through HTTP, as a reader without a token. */
export function ourSide(base: string): SearchSide {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  return {
    name: 'Antenne, whole page through HTTP',
    ask: async ({ q, more }) => {
      const body = await get(agent, `${base}/api/search?${new URLSearchParams({ q, ...more })}`);
      const reply = JSON.parse(body) as {
        total: number;
        total_is_exact: boolean;
        results: { text: string }[];
      };
      return {
        total: reply.total,
        isExact: reply.total_is_exact,
        shown: reply.results.map(({ text }) => text),
      };
    },
    end: async () => agent.destroy(),
  };
}

function get(agent: Agent, address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(address, { agent }, (reply) => {
      let body = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => {
        body += chunk;
      });
      reply.on('end', () =>
        reply.statusCode === 200 ? resolve(body) : reject(new Error(`${address}: ${body}`)),
      );
      reply.on('error', reject);
    });
    request.on('error', reject);
  });
}

const QUERY = `case when $1 like 'phrase:%' then phraseto_tsquery('peer_fr', substr($1, 8)) else to_tsquery('peer_fr', $1) end`;

/** Rank all, count(*) over (), the words marked in the 20 shown, what stands beside them. */
const PAGE = `
  with asked as (select ${QUERY} as q), ranked as (
    select s.id, ts_rank(s.words, asked.q) as rank, s.date, count(*) over () as total
    from peer_segments s, asked
    where s.words @@ asked.q and ($2::text is null or s.commission = $2)
    order by 2 desc, 3 desc, 1 limit 20
  )
  select r.total, s.*, ts_headline('peer_fr', s.text, asked.q, 'HighlightAll=true') as highlight,
    (select b.text from peer_segments b where b.debat = s.debat and b.position = s.position - 1) as before,
    (select b.text from peer_segments b where b.debat = s.debat and b.position = s.position + 1) as after
  from ranked r join peer_segments s using (id), asked order by r.rank desc, s.date desc, s.id`;

const FACETS = `
  with found as materialized (
    select s.commission, s.type, date_part('year', s.date) as year, s.people
    from peer_segments s where s.words @@ (${QUERY}) and ($2::text is null or s.commission = $2)
  )
  (select 'commission' as facet, commission as value, count(*) from found group by 2 order by 3 desc limit 50)
  union all (select 'type', type, count(*) from found group by 2 order by 3 desc limit 50)
  union all (select 'year', year::text, count(*) from found group by 2 order by 3 desc limit 50)
  union all (select 'depute', name, count(*) from found, jsonb_array_elements_text(people) name
    group by 2 order by 3 desc limit 50)`;

/** The naive statements straight on pg, prepared, without HTTP: in the peer's favour. */
export function naiveSide(url: string): SearchSide {
  const pool = new pg.Pool({ connectionString: url, max: 8, options: '-c jit=off' });
  return {
    name: 'naive SQL, without HTTP',
    ask: async ({ tsquery, more }) => {
      const values = [tsquery, more?.commission ?? null];
      const { rows } = await pool.query({ name: 'page', text: PAGE, values });
      await pool.query({ name: 'facets', text: FACETS, values });
      return { total: Number(rows[0]?.total ?? 0), isExact: true, shown: rows.map(({ text }) => text) };
    },
    end: () => pool.end(),
  };
}
