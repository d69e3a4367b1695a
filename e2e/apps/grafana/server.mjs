// Stands in for Grafana, whose front end cannot be built here: it reads the same files at the same places, asks its data
// source every query of every dashboard, as the panels would, and says which of them have figures.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const provisioning = process.env.GF_PATHS_PROVISIONING;
const line = (text, name) => new RegExp(`^\\s*${name}[:=]?\\s*=?\\s*(\\S+)$`, 'm').exec(text)?.[1];
const files = (folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

const configuration = readFileSync(process.env.GF_PATHS_CONFIG, 'utf8');
const port = Number(line(configuration, 'http_port'));
if (readFileSync(process.env.GF_SECURITY_ADMIN_PASSWORD__FILE, 'utf8').trim() === '') throw new Error('no password');
const [source = ''] = files(join(provisioning, 'datasources')).map((path) => readFileSync(path, 'utf8'));
const url = line(source, 'url');
const [provider = ''] = files(join(provisioning, 'dashboards')).map((path) => readFileSync(path, 'utf8'));
const dashboards = files(line(provider, 'path')).map((path) => JSON.parse(readFileSync(path, 'utf8')));

const panelsOf = ({ panels = [] }) => panels.flatMap((panel) => [panel, ...panelsOf(panel)]);
const queries = dashboards.flatMap((dashboard) =>
  panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ dashboard: dashboard.title, panel: title, expr })),
  ),
);

/** What the panels' variables stand for while nobody chooses. */
function filled(expr) {
  return expr.replaceAll(/\$__rate_interval|\$__interval/g, '1m').replaceAll(/\$__range/g, '5m');
}

/** The figures of an answer: one of a scalar, one of each series. */
function figuresOf({ resultType, result = [] } = {}) {
  return (resultType === 'scalar' ? [result] : result.map(({ value }) => value ?? [])).map(([, figure]) =>
    Number(figure),
  );
}

async function ask({ expr, ...where }) {
  const answer = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: filled(expr) }),
  });
  const { status, error, data } = await answer.json();
  const figures = figuresOf(data);
  const finite = figures.filter(Number.isFinite).length;
  return { ...where, expr, error: status === 'success' ? null : error, series: figures.length, finite };
}

async function answerOf(path) {
  if (path === '/api/health') return { database: 'ok' };
  if (path !== '/api/queries') return undefined;
  const answers = [];
  for (const query of queries) answers.push(await ask(query));
  return answers;
}

const server = createServer((request, response) => {
  const send = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  answerOf(request.url).then(
    (body) => (body === undefined ? send(404, {}) : send(200, body)),
    (error) => send(500, { error: String(error) }),
  );
});
server.listen(port, () => console.log(`${queries.length} queries of ${dashboards.length} dashboards, asked at ${url}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
