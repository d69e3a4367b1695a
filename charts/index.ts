import { ApiObject, type App, type Chart } from 'cdk8s';
import { finish } from '../lib/kubernetes/finish';
import type { Plan } from '../lib/model/plan';
import { addSidecars } from '../lib/monitoring';
import { BackupChart } from './backup';
import { contributionsOf } from './contributions';
import { DataChart } from './data';
import { EdgeChart } from './edge';
import { MonitoringChart } from './monitoring';
import { NamespaceChart } from './namespace';
import { NetworkChart } from './network';
import { SecretsChart } from './secrets';
import { ServicesChart } from './services';
import { ToolsChart } from './tools';

/** In the order of their prefixes, which is the order in which `kubectl apply -f` reads the files. */
const charts: readonly (new (scope: App, plan: Plan) => Chart)[] = [
  NamespaceChart,
  NetworkChart,
  SecretsChart,
  DataChart,
  ServicesChart,
  EdgeChart,
  MonitoringChart,
  BackupChart,
  ToolsChart,
];

/**
 * Every chart of a Plan, one for each file of `dist/`. Flat and independent: cdk8s' dependencies between charts are
 * exponential, and lexical order is all that `kubectl apply -f` knows. A chart without an object leaves no file.
 * @throws ProblemsError when a patch of the user has no target or a field that would be dropped
 */
export function buildCharts(app: App, plan: Plan): void {
  for (const Kind of charts) {
    const chart = new Kind(app, plan);
    if (!chart.node.findAll().some(ApiObject.isApiObject)) app.node.tryRemoveChild(chart.node.id);
  }
  addSidecars(app, plan, contributionsOf(plan));
  finish(app, plan);
}
