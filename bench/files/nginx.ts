import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../e2e/harness/station.ts';
import { run } from '../api/parts.ts';
import { end, launch, untilAnswers } from '../api/servers.ts';
import { processesOf } from './processor-time.ts';

const PEER = fileURLToPath(new URL('../peers/files/nginx.conf', import.meta.url));
const NGINX = process.env.NGINX ?? '/usr/sbin/nginx';

/** A running nginx; its master and worker are what the load costs. */
export interface Nginx {
  port: number;
  pids(): Promise<number[]>;
  stop(): Promise<void>;
}

/** The peer, as it is fixed, with `sound.mp3` in its root: port 25811 as Debian ships it, 25812 at its best. */
export async function startPeerNginx(folder: string): Promise<Nginx> {
  await readable(folder);
  const text = (await readFile(PEER, 'utf8')).replaceAll('ROOT', folder);
  return start(text, folder, 25_811, '/sound.mp3');
}

/** Our own configuration: the api decides, nginx sends. */
export async function startFrontNginx(folder: string, api: string, dataDir: string): Promise<Nginx> {
  await readable(folder);
  await run('chmod', ['-R', 'a+rX', dataDir]);
  const port = await freePort();
  const text = `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/nginx.err;
events { worker_connections 2048; }
http { access_log off; sendfile on; tcp_nopush off; keepalive_requests 1000000;
 client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
 uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
 upstream api { server ${new URL(api).host}; keepalive 64; }
 server { listen 127.0.0.1:${port};
  location / { proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }
  location /protected/ { internal; alias ${dataDir}/; } } }`;
  return start(text, folder, port, '/health/live');
}

async function readable(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
}

async function start(text: string, folder: string, port: number, probe: string): Promise<Nginx> {
  // The worker of a master that is root runs as nobody, who has to reach the files.
  await writeFile(`${folder}/nginx.conf`, text);
  const child = await launch(NGINX, ['-c', `${folder}/nginx.conf`, '-p', folder], {}, `${folder}/nginx.log`);
  const stop = () => end([child]);
  await untilAnswers(`http://127.0.0.1:${port}${probe}`, stop);
  return { port, pids: () => processesOf(child.pid ?? 0), stop };
}
