export {
  accountsScript,
  enabledPlugins,
  environmentFile,
  serverConfiguration,
  startScript,
  stopScript,
} from './configuration';
export { definitions } from './definitions';
export { rabbitmqMonitoring } from './monitoring';
export { Rabbitmq, type RabbitmqProps } from './rabbitmq';
