import { objects, type Proof, type Proofs } from './proof';

/** Of one worker: configuration of the proxy. */
const nginxConnections = 16384;

const ok = 'django_http_responses_total_by_status_total{@backend-django,status="200"}';
const failed = 'django_http_responses_total_by_status_total{@backend-django,status="500"}';

/** 2 % are far above every limit of 0.1 %; 0.05 % are below all of them. */
function burn(long: string, at: string): Proof {
  return {
    labels: `long="${long}",service="backend-django"`,
    at,
    fires: [`${ok} 0+5880x400`, `${failed} 0+120x400`],
    silent: [`${ok} 0+5997x400`, `${failed} 0+3x400`],
  };
}

/** Without traffic one failed request of one would be all: the floor holds it back. */
const quiet: Proof = {
  labels: 'long="1h",service="backend-django"',
  at: '30m',
  fires: [`${ok} 0+600x60`, `${failed} 0+60x60`],
  silent: [`${ok} 0+1x60`, `${failed} 0+1x60`],
};

/** A library that counts by class, and says 4xx of what the asker did wrong. */
const http: Proof = {
  labels: 'long="1h",service="backend-fastapi"',
  at: '90m',
  fires: [counted('2xx', '0+5880x100'), counted('5xx', '0+120x100')],
  silent: [counted('2xx', '0+5880x100'), counted('4xx', '0+120x100'), counted('5xx', '0+5x100')],
};

function counted(status: string, values: string): string {
  return `http_requests_total{@backend-fastapi,status="${status}"} ${values}`;
}

function available(deployment: string, values: string): string {
  return `kube_deployment_status_replicas_available{${objects},deployment="${deployment}"} ${values}`;
}

/** Ten minutes and more of failures, or four questions: a large share of the few that were asked, and no outage. */
function publicBurn(long: string, minutes: number, few: string): Proof {
  const probe = 'probe_success{@blackbox,service="lms.example.com"}';
  return {
    labels: `long="${long}"`,
    at: `${minutes}m`,
    fires: [`${probe} 1 0x300`],
    silent: [`${probe} ${few}`],
  };
}

const route = (path: string): string => `https://lms.example.com${path}`;
const routeAnswers = (path: string): string =>
  `probe_success{@blackbox,service="lms.example.com",instance="${route(path)}"}`;

const expiry = 'probe_ssl_earliest_cert_expiry{@blackbox,service="lms.example.com"}';
const day = 86_400;

export const applications: Proofs = {
  ServiceDown: [
    {
      labels: 'service="backend-django"',
      at: '5m',
      fires: ['up{@backend-django,pod="a"} 0x10', 'up{@backend-django,pod="b"} 0x10'],
      silent: ['up{@backend-django,pod="a"} 0x10', 'up{@backend-django,pod="b"} 1x10'],
    },
    // Nothing known is as bad as known to be down; a page that answers is enough.
    {
      labels: 'service="frontend-admin"',
      at: '5m',
      fires: ['up{@other} 1x10'],
      silent: ['probe_success{@blackbox,service="frontend-admin"} 1x10'],
    },
    // No page of metrics, for a library is missing: the pods are ready, and users are served.
    {
      labels: 'service="backend-django"',
      at: '5m',
      fires: ['up{@backend-django,pod="a"} 0x10', available('backend-django', '0x10')],
      silent: ['up{@backend-django,pod="a"} 0x10', available('backend-django', '1x10')],
    },
  ],
  ErrorBudgetBurn: [burn('1h', '90m'), burn('6h', '90m'), burn('1d', '150m'), burn('3d', '300m'), quiet, http],
  ServiceSlow: [
    {
      labels: 'service="backend-fastapi"',
      at: '20m',
      fires: [
        'http_request_duration_seconds_bucket{@backend-fastapi,le="1"} 0+90x30',
        'http_request_duration_seconds_bucket{@backend-fastapi,le="5"} 0+100x30',
        'http_request_duration_seconds_bucket{@backend-fastapi,le="+Inf"} 0+100x30',
      ],
      silent: [
        'http_request_duration_seconds_bucket{@backend-fastapi,le="1"} 0+96x30',
        'http_request_duration_seconds_bucket{@backend-fastapi,le="5"} 0+100x30',
        'http_request_duration_seconds_bucket{@backend-fastapi,le="+Inf"} 0+100x30',
      ],
    },
  ],
  AutoscalerAtMaximum: [
    {
      labels: 'service="frontend-student"',
      at: '20m',
      fires: [
        `kube_horizontalpodautoscaler_status_current_replicas{${objects},horizontalpodautoscaler="frontend-student"} 20x30`,
      ],
      silent: [
        `kube_horizontalpodautoscaler_status_current_replicas{${objects},horizontalpodautoscaler="frontend-student"} 19x30`,
      ],
    },
  ],
  AutoscalerBlind: [
    {
      labels: 'service="backend-django"',
      at: '20m',
      fires: [
        `kube_horizontalpodautoscaler_status_condition{${objects},horizontalpodautoscaler="backend-django",condition="ScalingActive",status="false"} 1x30`,
      ],
      silent: [
        `kube_horizontalpodautoscaler_status_condition{${objects},horizontalpodautoscaler="backend-django",condition="ScalingActive",status="false"} 1x9 0x20`,
      ],
    },
  ],
  WorkerDown: [
    {
      of: 'django-react',
      labels: 'service="celery"',
      at: '10m',
      fires: [`kube_deployment_status_replicas_available{${objects},deployment="celery"} 0x20`],
      silent: [`kube_deployment_status_replicas_available{${objects},deployment="celery"} 0x2 1x20`],
    },
  ],
  NginxDown: [
    {
      at: '5m',
      fires: ['nginx_up{@nginx,pod="a"} 0x10'],
      silent: ['nginx_up{@nginx,pod="a"} 0x10', 'nginx_up{@nginx,pod="b"} 1x10'],
    },
  ],
  NginxMemberDown: [
    { at: '10m', fires: ['nginx_up{@nginx,pod="a"} 0x20'], silent: ['nginx_up{@nginx,pod="a"} 0x2 1x18'] },
  ],
  NginxConnectionsHigh: [
    {
      at: '10m',
      fires: [`nginx_connections_active{@nginx,pod="a"} ${Math.ceil(nginxConnections * 0.81)}x20`],
      silent: [`nginx_connections_active{@nginx,pod="a"} ${Math.floor(nginxConnections * 0.79)}x20`],
    },
  ],
  NginxDroppedConnections: [
    {
      at: '15m',
      fires: [
        'nginx_connections_accepted{@nginx,pod="a"} 0+600x20',
        'nginx_connections_handled{@nginx,pod="a"} 0+593x20',
      ],
      silent: [
        'nginx_connections_accepted{@nginx,pod="a"} 0+600x20',
        'nginx_connections_handled{@nginx,pod="a"} 0+595x20',
      ],
    },
  ],
  PublicRouteDown: [
    {
      at: '5m',
      fires: ['probe_success{@blackbox,service="lms.example.com"} 0x10'],
      silent: ['probe_success{@blackbox,service="lms.example.com"} 0 1x10'],
    },
    // One route of several is enough, and one that fails now and then is the error budget's.
    {
      labels: `instance="${route('/api/')}"`,
      at: '5m',
      fires: [`${routeAnswers('/api/')} 0x10`, `${routeAnswers('/')} 1x10`],
      silent: [`${routeAnswers('/api/')} 0 1 0 1 0 1 0`, `${routeAnswers('/')} 1x10`],
    },
  ],
  PublicErrorBudgetBurn: [
    publicBurn('1h', 30, '1x23 0x3 1x10'),
    publicBurn('6h', 60, '1x30 0x3 1x60'),
    publicBurn('1d', 120, '1 0x3 1x300'),
    publicBurn('3d', 240, '1 0x3 1x300'),
  ],
  CertificateExpiring: [
    {
      labels: 'severity="warning"',
      at: '90m',
      fires: [`${expiry} ${13 * day}x100`],
      silent: [`${expiry} ${15 * day}x100`],
    },
    {
      labels: 'severity="critical"',
      at: '30m',
      fires: [`${expiry} ${2 * day}x40`],
      silent: [`${expiry} ${4 * day}x40`],
    },
  ],
};
