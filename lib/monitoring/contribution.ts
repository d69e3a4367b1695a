/** What a component needs to say how it is watched; the rest of this folder is for the charts. */
export { hpaAlerts } from './autoscaling';
export { backlogAlert, usualBacklog, type WorkedOff, workedOff } from './backlog';
export { type BurnProps, budgetOf, burnAlerts, windows } from './burn';
export { clientsOf } from './clients';
export type {
  Alert,
  Contribution,
  Contributor,
  DashboardRow,
  DrawnPanels,
  Panel,
  Query,
  Recording,
  Scrape,
  Step,
} from './contract';
export { anyOf, blackboxJob, bytes, objectsJob, seriesOf } from './promql';
export { exporterContainer, exportersOf, placed, scrapeOf } from './sidecar';
export { availableOf, downAlert, memberAlert, readinessOf } from './status';
