import type { App } from 'cdk8s';
import { finish } from '../lib/kubernetes/finish';
import type { Plan } from '../lib/model/plan';

/** Every chart of a Plan, one for each file of `dist/`. Flat and independent: lexical order is apply order. */
export function buildCharts(app: App, plan: Plan): void {
  finish(app, plan);
}
