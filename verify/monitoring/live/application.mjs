/**
 * Stands in for the applications: a server that answers every page, counts its requests as the library of that name
 * would, and whose pages fail while its database does not answer. Its names are those of the recorded scrapes.
 */
import { createServer } from 'node:http';
import { connect } from 'node:net';

const { PORTS = '', METRICS_PATH = '', EXPORTS = '', DATABASE = '', STATIC = '' } = process.env;
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const counts = new Map();
const buckets = bounds.map(() => 0);
let seconds = 0;
let all = 0;

/** The database's own address: found once, so that a lost one is refused at once. */
function databaseAnswers() {
  const [host = '', port = ''] = DATABASE.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 500 });
    const end = (answers) => {
      socket.destroy();
      resolve(answers);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}

const names = {
  http: {
    requests: 'http_requests_total',
    seconds: 'http_request_duration_seconds',
    status: (code) => `${String(code)[0]}xx`,
  },
  django: {
    requests: 'django_http_responses_total_by_status_total',
    seconds: 'django_http_requests_latency_including_middlewares_seconds',
    status: (code) => `${code}`,
  },
};

function metrics() {
  const { requests, seconds: time, status } = names[EXPORTS];
  const lines = [`# TYPE ${requests} counter`];
  for (const [code, count] of counts) lines.push(`${requests}{status="${status(code)}"} ${count}`);
  lines.push(`# TYPE ${time} histogram`);
  for (const [index, bound] of bounds.entries()) lines.push(`${time}_bucket{le="${bound}"} ${buckets[index]}`);
  lines.push(`${time}_bucket{le="+Inf"} ${all}`, `${time}_sum ${seconds}`, `${time}_count ${all}`);
  lines.push('# TYPE app_active_users gauge', 'app_active_users 12');
  return `${lines.join('\n')}\n`;
}

async function answer(request, response) {
  const path = new URL(request.url, 'http://x').pathname;
  if (METRICS_PATH !== '' && path === METRICS_PATH) {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(metrics());
    return;
  }
  const start = process.hrtime.bigint();
  const healthy = path.includes('health');
  const status = healthy || DATABASE === '' || (await databaseAnswers()) ? 200 : 500;
  response.writeHead(status).end(STATIC || 'well');
  if (healthy) return;
  const took = Number(process.hrtime.bigint() - start) / 1e9;
  counts.set(status, (counts.get(status) ?? 0) + 1);
  for (const [index, bound] of bounds.entries()) if (took <= bound) buckets[index] += 1;
  seconds += took;
  all += 1;
}

for (const port of PORTS.split(','))
  createServer((request, response) => void answer(request, response)).listen(Number(port));
process.on('SIGTERM', () => process.exit(0));
