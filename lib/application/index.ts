export { awaitSchemaScript } from './await-schema';
export { type ApplicationPodProps, applicationPod, startSeconds } from './pod';
export { Settings, type SettingsProps, type SettingsUse, useSettings } from './settings';
