export { Cron, type CronProps } from './cron';
export { workerMonitoring } from './monitoring';
export { type QueueTrigger, queueTrigger, type Stores } from './queue-scaler';
export { Singleton, type SingletonProps } from './singleton';
export { Worker, type WorkerProps } from './worker';
