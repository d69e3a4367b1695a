export { enabledPlugins, environmentFile, serverConfiguration, startScript, stopScript } from './configuration';
export { rabbitmqMonitoring } from './monitoring';
export { Rabbitmq, type RabbitmqProps } from './rabbitmq';
