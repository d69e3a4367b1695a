import { djangoReact } from './django-react';
import type { Drawing } from './drawing';
import { lms } from './lms';
import { microservices } from './microservices';
import { nestjsApi } from './nestjs-api';
import { realtimeGame } from './realtime-game';

export type { Drawing, EdgeName, EnvironmentName, Lines, TierName } from './drawing';

export const drawings: readonly Drawing[] = [djangoReact, realtimeGame, microservices, lms, nestjsApi];
