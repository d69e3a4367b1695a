/** What a proxy answers itself, whatever its routes are: of a service behind it such an answer says nothing. */
export const proxyPages = {
  /** While nginx runs. */
  live: '/livez',
  /** While nginx takes traffic. */
  ready: '/readyz',
  /** What the documents call the proxy's health. */
  health: '/health',
} as const;
