/**
 * What the documents say a request reaches, asked of every rendering: of an Ingress and of HTTPRoutes by evaluators of the
 * two specifications, of nginx by a real one (verify/nginx).
 */
import type { EnvironmentName } from '../simulation/drawn';

export interface Requests {
  readonly environments: readonly EnvironmentName[];
  /** Path, and the service that answers; without its query. */
  readonly answers: readonly (readonly [path: string, service: string])[];
}

const production: readonly EnvironmentName[] = ['cloud', 'production', 'staging'];

export const requests: Readonly<Record<string, readonly Requests[]>> = {
  'django-react': [
    {
      environments: [...production, 'development'],
      answers: [
        ['/', 'frontend'],
        ['/index.html', 'frontend'],
        ['/products/7', 'frontend'],
        ['/api', 'backend'],
        ['/api/', 'backend'],
        ['/api/products/7/', 'backend'],
        ['/apis', 'frontend'],
        ['/api-docs', 'frontend'],
        ['/API/products', 'frontend'],
        ['/v1/api/', 'frontend'],
        ['/admin', 'backend'],
        ['/admin/login/', 'backend'],
        ['/administrator', 'frontend'],
        ['/static/app.3f2a.css', 'backend'],
        ['/statics/a', 'frontend'],
        ['/media/pictures/a%20b.png', 'backend'],
        ['/api/a%2fb', 'backend'],
        ['/api/..hidden', 'backend'],
        ['/wsx', 'frontend'],
      ],
    },
    {
      environments: ['development'],
      answers: [
        ['/ws', 'frontend'],
        ['/@vite/client', 'frontend'],
      ],
    },
  ],
  'realtime-game': [
    {
      environments: production,
      answers: [
        ['/', 'front-end'],
        ['/lobby', 'front-end'],
        ['/assets/index.3f2a.js', 'front-end'],
        ['/api', 'back-end'],
        ['/api/games/', 'back-end'],
        ['/apis', 'front-end'],
        ['/ws', 'back-end'],
        ['/ws/game/7/', 'back-end'],
        ['/wss/', 'front-end'],
      ],
    },
    {
      environments: ['development'],
      answers: [
        ['/', 'front-end'],
        ['/@vite/client', 'front-end'],
        ['/api/games/', 'back-end'],
        ['/ws/game/7/', 'back-end'],
      ],
    },
  ],
  microservices: [
    {
      environments: [...production, 'development'],
      answers: [
        ['/', 'frontend'],
        ['/dashboard', 'frontend'],
        ['/api', 'api'],
        ['/api/v1/jobs', 'api'],
        ['/api/v1/auth', 'api'],
        ['/api/v1/auth/login', 'api'],
        ['/api/v1/authors', 'api'],
        ['/apiary', 'frontend'],
      ],
    },
  ],
  lms: [
    {
      environments: [...production, 'development'],
      answers: [
        ['/', 'frontend-admin'],
        ['/login', 'frontend-admin'],
        ['/admin', 'frontend-admin'],
        ['/admin/groups', 'frontend-admin'],
        ['/teacher', 'frontend-teacher'],
        ['/teacher/grades/3', 'frontend-teacher'],
        ['/teachers', 'frontend-admin'],
        ['/student/', 'frontend-student'],
        ['/students', 'frontend-admin'],
        ['/api', 'backend-django'],
        ['/api/token/', 'backend-django'],
        ['/api/files', 'backend-fastapi'],
        ['/api/files/7/content', 'backend-fastapi'],
        ['/api/filesystem', 'backend-django'],
        ['/api/tasks/', 'backend-fastapi'],
        ['/api/ws/room', 'backend-fastapi'],
        ['/api/wsx', 'backend-django'],
        ['/static/admin/base.css', 'backend-django'],
        ['/statics', 'frontend-admin'],
      ],
    },
  ],
  'nestjs-api': [
    {
      environments: production,
      answers: [
        ['/', 'app'],
        ['/v1/users', 'app'],
        ['/api/../users', 'app'],
      ],
    },
    // The application runs on the developer's machine.
    { environments: ['development'], answers: [] },
  ],
};

/** What the host of static files answers, at the tier that has one. */
export const staticRequests: Readonly<Record<string, readonly (readonly [path: string, service: string])[]>> = {
  lms: [
    ['/static', 'backend-django'],
    ['/static/admin/base.css', 'backend-django'],
    ['/', 'nobody'],
    ['/api/token/', 'nobody'],
    ['/statics', 'nobody'],
    ['/admin/', 'nobody'],
  ],
};

/** A request that nginx answers otherwise than the standards' words say. */
export interface Difference {
  readonly why: string;
  /** How its row of "What differs" in docs/edge.md begins. */
  readonly row: string;
  readonly path: string;
  readonly standards: string;
  readonly nginx: string;
}

const letter = 'an encoded letter';
const dots = 'dot segments';
const parameter = 'a dot segment with a parameter';
const atTheStart = '`//` at the start';
const furtherOn = '`//` further on';
const backslash = '`\\`, encoded control characters';
const own = '`/health`, `/livez`, `/readyz`';

/** By system, in production. */
export const differences: Readonly<Record<string, readonly Difference[]>> = {
  'django-react': [
    { why: 'an encoded letter is the letter', row: letter, path: '/%61pi/x', standards: 'frontend', nginx: 'backend' },
    { why: 'dot segments are refused', row: dots, path: '/api/../admin/', standards: 'backend', nginx: '400' },
    { why: 'encoded ones, too', row: dots, path: '/api/%2e%2e/x', standards: 'backend', nginx: '400' },
    { why: 'a parameter hides none', row: parameter, path: '/api/..;/x', standards: 'backend', nginx: '400' },
    {
      why: 'a double slash at the start is refused',
      row: atTheStart,
      path: '//api/x',
      standards: 'frontend',
      nginx: '400',
    },
    { why: 'an encoded one, too', row: atTheStart, path: '/%2fapi/x', standards: 'frontend', nginx: '400' },
    { why: 'a backslash is refused', row: backslash, path: '/api\\x', standards: 'frontend', nginx: '400' },
    {
      why: 'encoded control characters, too',
      row: backslash,
      path: '/api/%0d%0ax',
      standards: 'backend',
      nginx: '400',
    },
    { why: "the proxy's own health", row: own, path: '/health', standards: 'frontend', nginx: 'ok' },
    { why: "the proxy's own liveness", row: own, path: '/livez', standards: 'frontend', nginx: 'ok' },
    { why: "the proxy's own readiness", row: own, path: '/readyz', standards: 'frontend', nginx: 'ok' },
  ],
  // Two of its routes differ behind a second slash alone.
  lms: [
    {
      why: 'a double slash further on is one',
      row: furtherOn,
      path: '/api//files/7',
      standards: 'backend-django',
      nginx: 'backend-fastapi',
    },
  ],
};
