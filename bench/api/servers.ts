import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../e2e/harness/station.ts';
import { PEER, PYTHON } from './parts.ts';

const API = fileURLToPath(new URL('../../server/src/entry/api.ts', import.meta.url));
const READY_MS = 60_000;
const ADMIN = { email: 'bench@antenne.test', password: 'Correct-horse-battery-2026' };
const SECRET = 'a secret of the bench and of nothing else, long enough';

/** One side of the comparison, listening. */
export interface Side {
  name: string;
  base: string;
  /** Bearer token, empty where the side knows no sign-in. */
  token: string;
  stop(): Promise<void>;
}

/** Ours, and where it keeps its files. */
export interface OurSide extends Side {
  dataDir: string;
  pids: number[];
}

/** The peer as SPEED's figures have it: two uvicorn workers, no sign-in, no limits, no access log. */
export async function startPeer(url: string, folder: string): Promise<Side> {
  const port = await freePort();
  const args = ['-m', 'uvicorn', 'peer_app:app', '--workers', '2', '--port', String(port), '--no-access-log'];
  const env = { ...process.env, PEER_DATABASE_URL: url.replace('postgresql://', 'postgresql+asyncpg://') };
  const child = await launch(
    PYTHON,
    args,
    { cwd: PEER, env: { ...env, PYTHONDONTWRITEBYTECODE: '1' } },
    `${folder}/peer.log`,
  );
  const base = `http://127.0.0.1:${port}`;
  const stop = () => end([child]);
  await untilAnswers(`${base}/api/debats/?per_page=1`, stop);
  return { name: 'FastAPI + SQLAlchemy, 2 workers', base, token: '', stop };
}

/** Antenne's api role as it is deployed: sign-in, limits (raised), logs to a file, metrics, health, load shedding. */
export async function startOurs(
  url: string,
  folder: string,
  processes: number,
  settings: Record<string, string> = {},
): Promise<OurSide> {
  const port = await freePort();
  const dataDir = `${folder}/data-${processes}`;
  await mkdir(dataDir, { recursive: true });
  const env = {
    ...process.env,
    ENVIRONMENT: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    API_WORKERS: String(processes),
    DATABASE_URL: url,
    DATA_DIR: dataDir,
    SECRET_KEY: SECRET,
    SIGNING_KEY: SECRET,
    INTERNAL_API_KEY: SECRET,
    RATE_LIMIT_PER_MINUTE: '100000000',
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
    CORS_ORIGINS: base(port),
    PUBLIC_URL: base(port),
    INITIAL_ADMIN_EMAIL: ADMIN.email,
    INITIAL_ADMIN_PASSWORD: ADMIN.password,
    FFMPEG_ALLOW_OLD: '1',
    ...settings,
  };
  const children: ChildProcess[] = [];
  const stop = () => end(children);
  for (let index = 1; index <= processes; index++) {
    children.push(await launch(process.execPath, [API], { env }, `${folder}/ours-${processes}-${index}.log`));
    await untilAnswers(`${base(port)}/health`, stop);
  }
  const name = `Antenne, ${processes} process${processes === 1 ? '' : 'es'}`;
  const pids = children.map(({ pid }) => pid ?? 0);
  return { name, base: base(port), token: await signIn(base(port)), dataDir, pids, stop };
}

const base = (port: number) => `http://127.0.0.1:${port}`;

async function signIn(address: string): Promise<string> {
  const body = new URLSearchParams({ username: ADMIN.email, password: ADMIN.password });
  const reply = await fetch(`${address}/api/auth/token`, { method: 'POST', body });
  const answer = (await reply.json()) as { access_token?: string; detail?: string };
  if (!answer.access_token) throw new Error(`sign-in: ${answer.detail ?? reply.status}`);
  return answer.access_token;
}

export async function launch(
  command: string,
  args: string[],
  options: object,
  logFile: string,
): Promise<ChildProcess> {
  const log = await open(logFile, 'a');
  const child = spawn(command, args, { ...options, stdio: ['ignore', log.fd, log.fd] });
  await log.close();
  return child;
}

export async function untilAnswers(address: string, giveUp: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const status = await fetch(address).then(
      (reply) => reply.status,
      () => 0,
    );
    if (status === 200) return;
    await delay(200);
  }
  await giveUp();
  throw new Error(`${address} does not answer; run with --keep and look at its log`);
}

export async function end(children: ChildProcess[]): Promise<void> {
  const ended = children.map((child) =>
    child.exitCode === null && child.signalCode === null
      ? new Promise((resolve) => child.once('exit', resolve))
      : Promise.resolve(),
  );
  for (const child of children) child.kill('SIGTERM');
  const late = setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
  }, 5_000);
  await Promise.all(ended);
  clearTimeout(late);
}
